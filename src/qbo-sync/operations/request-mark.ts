/** The request id in the note of a document that some life of this CRM made; null in any other. */
export function requestIdIn(privateNote: string | null): string | null {
  return /^crm:(\S+)/.exec(privateNote ?? '')?.[1] ?? null;
}

/** Whether some life of this CRM made the document with this note. */
export function isMarked(privateNote: string): boolean {
  return requestIdIn(privateNote) !== null;
}
