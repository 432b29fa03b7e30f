import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { unparsable, unsupportedOperation } from '../books/fault.ts';

/** The largest body there can be, unpacked: a file of the size that QuickBooks takes, and what is said of it. */
export const BODY_MAX = 101 * 1024 * 1024;

const LIMIT = { maxOutputLength: BODY_MAX };

/** With the head of zlib, as the name says and Java sends it, or without, as .NET does. */
function inflated(body: Buffer): Buffer {
  const hasHead = (body[0]! & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
  return hasHead ? inflateSync(body, LIMIT) : inflateRawSync(body, LIMIT);
}

function unpackedBy(how: string): ((body: Buffer) => Buffer) | undefined {
  if (how === 'gzip' || how === 'x-gzip') return (body) => gunzipSync(body, LIMIT);
  return how === 'deflate' ? inflated : undefined;
}

/**
 * The bytes of a body that came packed by `Content-Encoding`: Intuit's SDKs for Java and .NET send all of theirs so
 * unless they are set up otherwise, and name it where there is no body too. Throws a Fault. Pure.
 */
export function unpacked(body: Buffer, encoding: string | undefined): Buffer {
  const how = (encoding ?? '').trim().toLowerCase();
  if (body.length === 0 || how === '' || how === 'identity') return body;
  const unpack = unpackedBy(how);
  if (!unpack) throw unsupportedOperation(`Content-Encoding ${how}`, 415);
  try {
    return unpack(body);
  } catch {
    throw unparsable(`The request body is not ${how}`);
  }
}
