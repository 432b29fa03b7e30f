import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** DER: tag, length, content. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content]);
  const bytes = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

const sequence = (...contents: readonly Buffer[]): Buffer => der(0x30, ...contents);
const identifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Buffer): Buffer => der(0x04, content);
const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);

const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALT_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';

/** `YYYYMMDDHHMMSSZ`. */
function generalizedTime(at: Date): Buffer {
  const text = `${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  return der(0x18, Buffer.from(text));
}

/** The names a client may call the sandbox by: localhost and the loopback addresses. */
function alternativeNames(): Buffer {
  const name = der(0x82, Buffer.from('localhost'));
  const addresses = [Buffer.from([127, 0, 0, 1]), Buffer.from([...Array<number>(15).fill(0), 1])];
  return sequence(name, ...addresses.map((address) => der(0x87, address)));
}

function extensions(): Buffer {
  const isAuthority = sequence(der(0x01, Buffer.from([0xff])));
  return der(
    0xa3,
    sequence(
      sequence(identifier(SUBJECT_ALT_NAME), octets(alternativeNames())),
      sequence(identifier(BASIC_CONSTRAINTS), der(0x01, Buffer.from([0xff])), octets(isAuthority)),
    ),
  );
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** A key and its certificate, as PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * A new key and its self-signed certificate as PEM, for localhost, 127.0.0.1 and ::1, good from a day before
 * `now` for a year. Clients trust it as an authority of its own.
 */
export function selfSigned(now: Date): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(identifier(ECDSA_WITH_SHA256));
  const name = sequence(
    der(0x31, sequence(identifier(COMMON_NAME), der(0x0c, Buffer.from('QuickBooks sandbox')))),
  );
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)]);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    name,
    sequence(
      generalizedTime(new Date(now.getTime() - YEAR_MS / 365)),
      generalizedTime(new Date(now.getTime() + YEAR_MS)),
    ),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(),
  );
  const certificate = sequence(body, algorithm, bits(sign('sha256', body, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem('CERTIFICATE', certificate),
  };
}
