/** Who says yes on the page, to what, and from where. */
export interface Signature {
  name: string;
  /**
   * Names what the page showed; nothing else is approved. Left out by what shows no page: then nothing that changed
   * since the link was opened is approved.
   */
  version?: string;
  ip: string;
  userAgent?: string;
}

const USER_AGENT_LENGTH_MAX = 400;

/** What the evidence keeps of the browser; null where it names none. Pure. */
export function keptUserAgent({ userAgent }: Signature): string | null {
  return userAgent?.slice(0, USER_AGENT_LENGTH_MAX) ?? null;
}
