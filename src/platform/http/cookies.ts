import type { FastifyRequest } from 'fastify';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/**
 * True where a browser reached us by https: the request says so, or the installation's public address does and this is
 * not a browser on the same machine. A proxy that ends TLS need not be trusted for it. Pure.
 */
export function isSecure(
  { protocol, hostname }: Pick<FastifyRequest, 'protocol' | 'hostname'>,
  publicUrl: string,
): boolean {
  return protocol === 'https' || (publicUrl.startsWith('https:') && !LOOPBACK.test(hostname));
}

/**
 * The name a cookie has. By https it begins with `__Host-`, which browsers take from this host alone, for all its
 * paths: no other host of the domain can plant or read it. Pure.
 */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}
