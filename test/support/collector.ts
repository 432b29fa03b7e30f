import { createServer } from 'node:http';
import { freePort } from './ports.js';

/** A span as a collector keeps it. */
export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  links: { traceId: string; spanId: string }[];
  attributes: Record<string, string | number>;
  failed: boolean;
  /** Attributes of the process it comes from. */
  resource: Record<string, string | number>;
}

/** An OpenTelemetry collector that takes OTLP over HTTP and keeps everything. */
export interface Collector extends AsyncDisposable {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` is set to. */
  readonly url: string;
  spans(): CollectedSpan[];
  /** All that it was sent, as it came. */
  received(): string;
}

interface KeyValue {
  key: string;
  value: { stringValue?: string; intValue?: number; doubleValue?: number };
}

interface Batch {
  resourceSpans: {
    resource: { attributes: KeyValue[] };
    scopeSpans: { spans: (Record<string, unknown> & { attributes: KeyValue[] })[] }[];
  }[];
}

export async function startCollector(): Promise<Collector> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const known = request.method === 'POST' && request.url === '/v1/traces';
      if (known) bodies.push(body);
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => bodies.flatMap((body) => spansOf(JSON.parse(body) as Batch)),
    received: () => bodies.join('\n'),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spansOf({ resourceSpans }: Batch): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...(span as unknown as CollectedSpan),
        links: (span.links as CollectedSpan['links'] | undefined) ?? [],
        attributes: valuesOf(span.attributes),
        failed: (span.status as { code?: number } | undefined)?.code === 2,
        resource: valuesOf(resource.attributes),
      })),
    ),
  );
}

function valuesOf(attributes: KeyValue[] = []): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
}
