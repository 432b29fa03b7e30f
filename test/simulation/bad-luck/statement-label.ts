/** `update sync_operations`: what a statement does, to what. */
export function labelOf(text: string): string {
  const flat = text.replaceAll('"', '').toLowerCase();
  const [, verb = 'select'] =
    /^\s*(?:with\b.*?\b)?(insert|update|delete|select|start|commit|rollback|savepoint|release|set|do)\b/s.exec(
      flat,
    ) ?? [];
  const [, table = ''] = /\b(?:into|update|from|join)\s+(?:only\s+)?(?:\w+\.)?(\w+)/.exec(flat) ?? [];
  return `${verb} ${table}`.trim();
}
