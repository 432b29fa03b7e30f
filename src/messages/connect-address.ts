const START = /\/qbo\/oauth\/start(\?replace_company=true)?(?![\w/?])/g;

/**
 * A text in which each address that connects a company says for which organisation: a person may be in several, and
 * the browser in another one than the text is about. Pure.
 */
export function connectingFor(orgId: number, text: string): string {
  return text.replaceAll(START, (path, query?: string) => `${path}${query ? '&' : '?'}org_id=${orgId}`);
}
