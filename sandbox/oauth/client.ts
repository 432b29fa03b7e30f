import { sameSecret } from './secrets.ts';

/** An app as registered in Intuit's developer portal. */
export interface Client {
  id: string;
  secret: string;
  name: string;
  /** Compared byte for byte; empty accepts any. */
  redirectUris: readonly string[];
}

/**
 * The id and secret of a token call: from HTTP Basic, or from the form when there is no such header; null
 * without either.
 */
export function credentialsOf(
  authorization: string | undefined,
  form: { id?: string | undefined; secret?: string | undefined },
): { id: string; secret: string } | null {
  if (authorization === undefined)
    return form.id !== undefined && form.secret !== undefined ? { id: form.id, secret: form.secret } : null;
  const basic = /^basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(authorization)?.[1];
  if (basic === undefined) return null;
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? null : { id: pair.slice(0, colon), secret: pair.slice(colon + 1) };
}

/** The client these credentials belong to, or null. */
export function authenticate(
  clients: ReadonlyMap<string, Client>,
  credentials: { id: string; secret: string } | null,
): Client | null {
  const client = credentials && clients.get(credentials.id);
  return client && sameSecret(client.secret, credentials.secret) ? client : null;
}
