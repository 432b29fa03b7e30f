import { isIP } from 'node:net';

/** What the server knows by name: this machine, its links, private networks of IPv6. */
const NAMED = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * True of an address, or of a range such as `10.0.0.0/8`, that a proxy can be known by. One of all addresses (`/0`) is
 * none: everybody would be a proxy. Pure.
 */
export function isAddressRange(text: string): boolean {
  if (NAMED.has(text)) return true;
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  if (/^\d+$/.test(prefix)) return Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128);
  return family === 4 && isIP(prefix) === 4 && prefix !== '0.0.0.0';
}
