import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { rules } from './boards.js';
import { LivePrometheus } from './live-prometheus.js';
import { programs } from './programs.js';

const ERRORS = 'crm_qbo_api_errors_total{org_id="1",operation="cdc"} 90\n';
/** A scrape a second instead of four a minute: what a rule says in minutes is so many seconds here. */
const shortened = (expr: string): string => expr.replaceAll('15m', '6s').replaceAll('5m', '4s');

describe.skipIf(!programs.prometheus)('A process of which one scrape failed', () => {
  let server: Server;
  let prometheus: LivePrometheus;
  let isFailing = false;
  const failed: number[] = [];

  beforeAll(async () => {
    server = createServer((_, response) => {
      if (isFailing) failed.push(Date.now() / 1000);
      response.writeHead(isFailing ? 503 : 200, { 'content-type': 'text/plain' }).end(ERRORS);
      isFailing = false;
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    prometheus = await LivePrometheus.start(`http://127.0.0.1:${port}`);
  });

  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    server.close();
  });

  it('has nothing of before counted as new, so long after as what is young is looked for', async () => {
    const scrapes = async (atLeast: number): Promise<void> =>
      eventually(async () =>
        expect(await prometheus.value('sum(count_over_time(up[1m]))')).toBeGreaterThan(atLeast),
      );
    await scrapes(6);
    isFailing = true;
    await eventually(() => expect(failed).toHaveLength(1));
    await scrapes(await prometheus.value('sum(count_over_time(up[1m]))').then((count) => count! + 9));
    const instants = Array.from({ length: 40 }, (_, step) => failed[0]! + step / 4);
    const counted = (expr: string) => Promise.all(instants.map((at) => prometheus.value(expr, at)));
    const rule = rules.find(({ record }) => record === 'crm:qbo_errors:increase15m')!;
    expect((await counted(shortened(rule.expr))).filter((value) => (value ?? 0) > 0)).toEqual([]);
    // What looks at one instant does.
    const naive = 'sum(crm_qbo_api_errors_total unless crm_qbo_api_errors_total offset 6s)';
    expect(await counted(naive)).toContain(90);
  });
});
