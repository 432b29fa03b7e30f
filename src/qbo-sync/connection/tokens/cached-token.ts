/** The access token of a connection as it is kept outside the database: still encrypted. */
export interface CachedToken {
  /** The generation of the connection's tokens it belongs to, `qbo_tokens.token_version`. */
  version: number;
  accessTokenEncrypted: string;
  accessExpiresAt: Date;
}

/** Seconds that an entry lives at most; also how long an old generation is kept out after a newer one is known. */
export const CACHED_TOKEN_SECONDS = 60;

/** What stands in the cache: a token, or only the generation below which nothing may be written. */
export function entryText(token: CachedToken): string {
  return JSON.stringify({
    version: token.version,
    token: token.accessTokenEncrypted,
    expires: token.accessExpiresAt.getTime(),
  });
}

export function floorText(version: number): string {
  return JSON.stringify({ version });
}

/** Reads an entry; null for one without a token and for anything that is not an entry. Pure. */
export function readEntry(text: string): CachedToken | null {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof entry !== 'object' || entry === null) return null;
  const { version, token, expires } = entry as Record<string, unknown>;
  if (!Number.isSafeInteger(version) || typeof token !== 'string' || !Number.isSafeInteger(expires))
    return null;
  return {
    version: version as number,
    accessTokenEncrypted: token,
    accessExpiresAt: new Date(expires as number),
  };
}
