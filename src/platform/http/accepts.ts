/** True where a client asks for JSON and for no page. Pure. */
export function wantsJson(accept: string | undefined): boolean {
  const wanted = accept ?? '';
  return /\bapplication\/(problem\+)?json\b/i.test(wanted) && !/\btext\/html\b/i.test(wanted);
}
