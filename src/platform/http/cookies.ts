import type { FastifyRequest } from 'fastify';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** What proxies add and no browser sends. What they hold is not believed here; that they are there is enough. */
const OF_PROXIES = [
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-real-ip',
  'forwarded',
  'via',
];

/**
 * True where a browser reached us by https: the request says so, or the installation's public address does and this is
 * not a browser on the same machine. A proxy that ends TLS need not be trusted for it, nor pass on which host it was
 * asked for: many ask us by the address of this machine. Pure.
 */
export function isSecure(
  { protocol, hostname, headers }: Pick<FastifyRequest, 'protocol' | 'hostname' | 'headers'>,
  publicUrl: string,
): boolean {
  const isHere = LOOPBACK.test(hostname) && OF_PROXIES.every((name) => headers[name] === undefined);
  return protocol === 'https' || (publicUrl.startsWith('https:') && !isHere);
}

/**
 * The name a cookie has. By https it begins with `__Host-`, which browsers take from this host alone, for all its
 * paths: no other host of the domain can plant or read it. Pure.
 */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}
