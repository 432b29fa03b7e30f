/** What a browser tells of where a form comes from. */
export interface FormHeaders {
  'sec-fetch-site'?: string | string[];
  origin?: string;
  host?: string;
}

/**
 * True where nothing says that the form was sent from another site. `Sec-Fetch-Site` is the browser's own word; older
 * browsers send `Origin`, which is `null` here because the page sends no referrer. What sends neither is no browser and
 * cannot be led astray; it knows the token. `publicUrl` is where customers see us, whatever proxy stands before us.
 */
export function isOwnForm({ 'sec-fetch-site': site, origin, host }: FormHeaders, publicUrl: string): boolean {
  if (site !== undefined) return site === 'same-origin';
  if (origin === undefined || origin === 'null') return true;
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin).host;
  return from === host || from === new URL(publicUrl).host;
}
