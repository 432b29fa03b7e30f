/** One part of a multipart body. */
export interface Part {
  name: string;
  fileName: string | undefined;
  contentType: string;
  content: Buffer;
}

const HEADERS_END = Buffer.from('\r\n\r\n');

function partOf(raw: Buffer): Part | null {
  const end = raw.indexOf(HEADERS_END);
  if (end < 0) return null;
  const headers = raw.subarray(0, end).toString('utf8');
  const value = (pattern: RegExp): string | undefined => pattern.exec(headers)?.[1];
  return {
    name: value(/name="([^"]*)"/i) ?? '',
    fileName: value(/filename="([^"]*)"/i),
    contentType: value(/content-type:\s*([^\r\n;]+)/i) ?? 'application/octet-stream',
    content: raw.subarray(end + HEADERS_END.length),
  };
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
    // A line end before the part and one before the next mark belong to the frame.
    const part = partOf(body.subarray(start + 2, next - 2));
    if (part) parts.push(part);
    from = next;
  }
  return parts;
}
