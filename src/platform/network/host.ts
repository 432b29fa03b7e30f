import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.js';

/** Endings that no public name has (RFC 2606, RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const PRIVATE_ENDINGS = /\.(localhost|test|invalid|local|internal|home\.arpa)$/;

/** The host of a URL in lower case, an IPv6 address without its brackets. Pure. */
export function hostOf(url: string): string {
  return new URL(url).hostname.toLowerCase().replaceAll(/^\[|\]$/g, '');
}

/** True for this machine: `localhost`, names below it, and the loopback addresses. Pure. */
export function isLoopbackHost(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  if (isIP(host) === 6) return new URL(`http://[${host}]`).hostname === '[::1]';
  return /(^|\.)localhost$/i.test(host);
}

/** True for what the internet can reach: a public address, or a name with a dot and no private ending. Pure. */
export function isPublicHost(host: string): boolean {
  if (isIP(host)) return isPublicAddress(host);
  return host.includes('.') && !PRIVATE_ENDINGS.test(host);
}

/** The hosts a PostgreSQL connection string names; a folder with a socket is of this machine. Pure. */
export function databaseHosts(url: string): string[] {
  const parsed = new URL(url);
  const named = parsed.searchParams.get('host') ?? decodeURIComponent(parsed.hostname);
  return named
    .split(',')
    .map((host) => host.replaceAll(/^\[|\]$/g, ''))
    .map((host) => (host === '' || host.startsWith('/') ? 'localhost' : host));
}
