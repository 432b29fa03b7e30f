const PAGES = [
  'qbo/oauth/start(?:\\?replace_company=true)?',
  'qbo/status/page',
  'inbox/page',
  'why/(?:proposals|customers)/\\d+',
];

/** Of the paths that messages name, those that a browser can open by itself: each is about one organisation. */
export const PAGE_ADDRESS = new RegExp(`(?<=^|[\\s(])/(?:${PAGES.join('|')})(?![\\w/?])`, 'g');

/**
 * A text in which each of them says about which: a person may be in several organisations, and the browser in another
 * one than the text is about. Pure.
 */
export function addressedTo(orgId: number, text: string): string {
  return text.replaceAll(PAGE_ADDRESS, (path) => `${path}${path.includes('?') ? '&' : '?'}org_id=${orgId}`);
}
