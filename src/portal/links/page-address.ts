/** Where a customer finds the page of this token. `publicUrl` is `PORTAL_PUBLIC_URL`, without a slash at its end. */
export function pageAddress(publicUrl: string, token: string): string {
  return `${publicUrl}/p/${token}`;
}

/** The same as a path, as the browser sees it, whatever proxy stands before us. */
export function pagePath(publicUrl: string, token: string): string {
  return new URL(pageAddress(publicUrl, token)).pathname;
}
