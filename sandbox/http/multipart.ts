/** One part of a multipart body. */
export interface Part {
  name: string;
  fileName: string | undefined;
  contentType: string;
  content: Buffer;
}

/** Where the headers of a part end: an empty line, whatever a client ends its lines with. */
function headersEnd(raw: Buffer): { at: number; length: number } | null {
  const [crlf, lf] = [raw.indexOf('\r\n\r\n'), raw.indexOf('\n\n')];
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { at: crlf, length: 4 };
  return lf < 0 ? null : { at: lf, length: 2 };
}

function partOf(raw: Buffer): Part | null {
  const end = headersEnd(raw);
  if (!end) return null;
  const headers = raw.subarray(0, end.at).toString('utf8');
  const value = (pattern: RegExp): string | undefined => pattern.exec(headers)?.[1];
  const content = raw.subarray(end.at + end.length);
  const isBase64 = value(/content-transfer-encoding:\s*(\w+)/i)?.toLowerCase() === 'base64';
  return {
    name: value(/name="([^"]*)"/i) ?? '',
    fileName: value(/filename="([^"]*)"/i),
    contentType: value(/content-type:\s*([^\r\n;]+)/i) ?? 'application/octet-stream',
    content: isBase64 ? Buffer.from(content.toString('ascii'), 'base64') : content,
  };
}

/** Without the line end that belongs to the next mark. */
function withoutLineEnd(raw: Buffer): Buffer {
  if (raw.subarray(-2).toString() === '\r\n') return raw.subarray(0, -2);
  return raw.subarray(-1).toString() === '\n' ? raw.subarray(0, -1) : raw;
}

/** The parts of a `multipart/form-data` body, in order. Pure. */
export function partsOf(body: Buffer, contentType: string): Part[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return [];
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  for (let from = body.indexOf(mark); from >= 0;) {
    const start = from + mark.length;
    const next = body.indexOf(mark, start);
    if (next < 0) break;
    const part = partOf(withoutLineEnd(body.subarray(start, next)));
    if (part) parts.push(part);
    from = next;
  }
  return parts;
}
