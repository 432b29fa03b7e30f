/** True where a client asks for JSON and for no page. Pure. */
export function wantsJson(accept: string | undefined): boolean {
  const wanted = accept ?? '';
  return /\bapplication\/(problem\+)?json\b/i.test(wanted) && !/\btext\/html\b/i.test(wanted);
}

/** True for a browser that opens an address; false for a program that did not ask for HTML. Pure. */
export function wantsPage(accept: string | undefined): boolean {
  return accept?.includes('text/html') ?? false;
}
