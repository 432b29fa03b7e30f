/** The token of an `Authorization` header that is a bearer's and holds nothing else; null for any other. Pure. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^bearer[ \t]+(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}
