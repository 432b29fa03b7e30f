/** What is known of a span. Never a secret, never a person's data: it goes to whoever runs the collector. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export interface SpanStart {
  /** Few different ones: a route's template, a queue, an operation. */
  readonly name: string;
  /** Who is at the other end: `server` answers a request, `consumer` does a job, `client` calls a vendor. */
  readonly kind: 'server' | 'consumer' | 'client';
  readonly attributes?: Attributes;
  /** The traceparent of what caused it; without one a trace begins. */
  readonly parent?: string;
  /** The traceparent of a stranger: named, and nothing follows from it. */
  readonly link?: string;
}

export interface SpanEnd {
  readonly name?: string;
  readonly attributes?: Attributes;
  /** The kind of failure, such as a code; undefined where it went well. */
  readonly error?: string;
}

export interface Span {
  /** What goes with the work this one causes. */
  readonly traceparent: string;
  end(end?: SpanEnd): void;
}

/** Keeps spans and sends them on. Begins none that is not ended. */
export interface Tracer {
  begin(start: SpanStart): Span;
  /** Sends what is left, for at most a second. */
  close(): Promise<void>;
}

let tracer: Tracer | undefined;

/** The process's tracer from here on; undefined: none, which costs nothing. */
export function traceWith(chosen: Tracer | undefined): void {
  tracer = chosen;
}

export function isTracing(): boolean {
  return tracer !== undefined;
}

/** Undefined where nothing is traced. */
export function beginSpan(start: SpanStart): Span | undefined {
  return tracer?.begin(start);
}
