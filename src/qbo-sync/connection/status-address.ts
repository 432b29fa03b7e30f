/** The page of how the connection stands: alerts and the page of a new connection lead there. */
export const STATUS_PAGE_PATH = '/qbo/status/page';
