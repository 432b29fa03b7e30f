/** What QuickBooks says went wrong, whichever of its envelopes it came in. */
export interface Fault {
  code?: string;
  message?: string;
  detail?: string;
  type?: string;
}

/** The body as JSON, or undefined where it is XML, HTML, cut off or empty. */
export function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The first fault of a body, given also as its JSON where it is that: the service's `Fault`, the gateway's lower-case
 * `fault`, or the same as XML; null where there is none. A body can carry one with HTTP 200.
 */
export function faultOf(text: string, body: Record<string, unknown> | undefined): Fault | null {
  if (body) return faultIn(body);
  return /<Fault\b/i.test(text) ? faultInXml(text) : null;
}

/** The fault of an envelope that is parsed already. */
export function faultIn(body: Record<string, unknown>): Fault | null {
  const fault = body.Fault ?? body.fault;
  if (!isObject(fault)) return null;
  const list = fault.Error ?? fault.error;
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const error = isObject(first) ? first : {};
  return withoutGaps({
    code: textOf(error.code),
    message: textOf(error.Message ?? error.message),
    detail: textOf(error.Detail ?? error.detail),
    type: textOf(fault.type),
  });
}

function faultInXml(text: string): Fault {
  const first = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1]?.trim();
  return withoutGaps({
    code: first(/<Error\b[^>]*\bcode="([^"]*)"/i),
    message: first(/<Message>([^<]*)</i),
    detail: first(/<Detail>([^<]*)</i),
    type: first(/<Fault\b[^>]*\btype="([^"]*)"/i),
  });
}

function withoutGaps(fault: Fault): Fault {
  return Object.fromEntries(Object.entries(fault).filter(([, value]) => value !== undefined && value !== ''));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
