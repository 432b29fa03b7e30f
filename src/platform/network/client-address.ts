import { isIP } from 'node:net';

/**
 * An address as a proxy writes it, without port, brackets and zone, an IPv4 address in IPv6's clothes as what it is.
 * Null for what is no address. Pure.
 */
export function addressIn(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^\[([^\]]*)\](:\d{1,5})?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1')
    .replace(/%[\w.-]{1,32}$/, '');
  const family = isIP(bare);
  if (family === 0) return null;
  if (family === 4) return bare;
  const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(canonical(bare));
  if (!mapped) return bare;
  const [high, low] = [mapped[1]!, mapped[2]!].map((hex) => parseInt(hex, 16));
  return [high! >> 8, high! & 255, low! >> 8, low! & 255].join('.');
}

/**
 * What stands for one client where clients are limited: an IPv4 address, or the /64 of an IPv6 one, as everybody has a
 * whole /64 to choose from. Pure.
 */
export function clientKey(ip: string): string {
  const address = addressIn(ip);
  if (address === null) return 'unknown';
  return isIP(address) === 4 ? address : `${groupsOf(address).slice(0, 4).join(':')}::/64`;
}

/** What a person keeps of an address while the address itself changes: the /24 of IPv4, the /48 of IPv6. Pure. */
export function networkOf(ip: string): string {
  const address = addressIn(ip);
  if (address === null) return 'unknown';
  if (isIP(address) === 4) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  return `${groupsOf(address).slice(0, 3).join(':')}::/48`;
}

/**
 * `X-Forwarded-For` with nothing but addresses: ports are cut off, and of what a proxy did not understand, it and all
 * that stands to the left of it is dropped. Pure.
 */
export function cleanForwardedFor(header: string): string {
  const kept: string[] = [];
  for (const part of header.split(',').toReversed()) {
    const address = addressIn(part);
    if (address === null) break;
    kept.unshift(address);
  }
  return kept.join(', ');
}

function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [left = '', right] = canonical(address).slice(1, -1).split('::');
  const before = left === '' ? [] : left.split(':');
  if (right === undefined) return before;
  const after = right === '' ? [] : right.split(':');
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}
