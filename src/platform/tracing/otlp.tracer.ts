import { Logger } from '@nestjs/common';
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { LogDamper } from '../logging/log-damper.js';
import { VERSION } from '../version.js';
import { readTraceparent, traceparentOf } from './traceparent.js';
import type { Attributes, SpanEnd, SpanStart, Span, Tracer } from './tracing.js';

export interface OtlpOptions {
  /** Where the collector listens for OTLP over HTTP, without `/v1/traces`. */
  readonly endpoint: string;
  /** Of the traces that begin here, how many are kept: 0 to 1. */
  readonly share: number;
  readonly serviceName: string;
  /** Milliseconds between two deliveries. */
  readonly everyMs: number;
  readonly role: string;
}

const CLOSE_WITHIN_MS = 1_000;
const KINDS = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT };

/**
 * Sends spans to a collector by OpenTelemetry's own SDK. This module is loaded only where there is a collector: nothing
 * else may import the SDK. Spans wait in memory, 2,048 at most; what does not fit or cannot be delivered is lost, and
 * no work waits for it.
 */
export function openOtlpTracer({ endpoint, share, serviceName, everyMs, role }: OtlpOptions): Tracer {
  const own = resourceFromAttributes({
    'service.name': serviceName,
    'service.version': VERSION,
    'crm.role': role,
  });
  const provider = new TracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new ReportingExporter({ url: `${endpoint}/v1/traces` }),
        scheduledDelayMillis: everyMs,
      }),
    ],
  });
  const tracer = provider.getTracer('peakpro-crm', VERSION);
  return {
    begin({ name, kind, attributes, parent, link }: SpanStart): Span {
      const linked = spanContextOf(link);
      const options = { kind: KINDS[kind], attributes, links: linked ? [{ context: linked }] : [] };
      const span = tracer.startSpan(name, options, contextOf(parent));
      const { traceId, spanId } = span.spanContext();
      return {
        traceparent: traceparentOf({ traceId, spanId, isSampled: span.isRecording() }),
        end(end: SpanEnd = {}): void {
          if (end.name !== undefined) span.updateName(end.name);
          span.setAttributes(known(end.attributes));
          if (end.error !== undefined) {
            span.setAttribute('error.type', end.error);
            span.setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        },
      };
    },
    async close(): Promise<void> {
      const late = new Promise<void>((resolve) => void setTimeout(resolve, CLOSE_WITHIN_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}

/** Says in the log that the collector does not take them: the SDK would keep it to itself. */
class ReportingExporter extends OTLPTraceExporter {
  private readonly logger = new Logger('Tracing');
  private readonly damper = new LogDamper();

  override export(...[spans, done]: Parameters<OTLPTraceExporter['export']>): void {
    super.export(spans, (result) => {
      const withheld = result.error && this.damper.admit('export');
      if (result.error && withheld !== null) {
        this.logger.warn({ err: result.error, withheld }, 'Traces cannot be delivered to the collector');
      }
      done(result);
    });
  }
}

function known(attributes: Attributes = {}): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

function contextOf(traceparent: string | undefined): Context {
  const parent = spanContextOf(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

function spanContextOf(traceparent: string | undefined) {
  const read = readTraceparent(traceparent);
  if (!read) return undefined;
  const { traceId, spanId, isSampled } = read;
  return { traceId, spanId, isRemote: true, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE };
}
