import { describe, expect, it } from 'vitest';
import { addressIn, clientKey, cleanForwardedFor, networkOf } from './client-address.js';

describe('The address of a client', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    [' 1.2.3.4:5555', '1.2.3.4'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['fe80::1%eth0', 'fe80::1'],
    ['not an ip', null],
    ['', null],
    ['x'.repeat(5_000), null],
  ])('of %s is %s', (text, address) => {
    expect(addressIn(text)).toBe(address);
  });

  it('counts a whole /64 as one client', () => {
    expect(clientKey('2001:db8:1:2::1')).toBe(clientKey('2001:db8:1:2:ffff::78'));
    expect(clientKey('2001:db8:1:2::1')).not.toBe(clientKey('2001:db8:1:3::1'));
    expect(clientKey('1.2.3.4:1')).toBe(clientKey('::ffff:1.2.3.4'));
    expect(clientKey('rubbish')).toBe('unknown');
  });

  it('is of a network that people keep', () => {
    expect(networkOf('198.51.100.7')).toBe(networkOf('198.51.100.250'));
    expect(networkOf('2001:db8:1:2::1')).toBe(networkOf('2001:db8:1:9::1'));
    expect(networkOf('198.51.100.7')).not.toBe(networkOf('198.51.101.7'));
  });

  it.each([
    ['1.2.3.4, 10.0.0.1:80', '1.2.3.4, 10.0.0.1'],
    ['not an ip, 10.0.0.1', '10.0.0.1'],
    ['1.2.3.4, unknown, 10.0.0.1', '10.0.0.1'],
    ['unknown', ''],
  ])('is read from “%s” as “%s”', (header, clean) => {
    expect(cleanForwardedFor(header)).toBe(clean);
  });
});
