import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Books, REALM, openTestBooks } from '../testing/books.ts';

describe('a planned fault', () => {
  let books: Books;
  beforeEach(async () => {
    books = await openTestBooks();
  });
  afterEach(() => books.close());

  const create = (DisplayName: string) => books.ask('POST', 'customer', { DisplayName });
  const names = async (): Promise<unknown[]> =>
    (await books.control.records(REALM, 'Customer')).map((one) => one.DisplayName);

  it.each([
    ['429', 429, 'application/json'],
    ['429_xml', 429, 'application/xml'],
    ['500', 500, 'application/json'],
    ['503_html', 503, 'text/html'],
    ['401', 401, 'application/json'],
    ['401_xml', 401, 'application/xml'],
    ['403', 403, 'application/json'],
    ['200_fault', 200, 'application/json'],
  ] as const)('%s strikes once, before the books are touched', async (kind, status, type) => {
    await books.control.planFault({ kind, operation: 'customer.create' });
    const struck = await create('Struck');
    const next = await create('Next');

    expect(struck.status).toBe(status);
    expect(struck.headers.get('content-type')).toContain(type);
    expect(next.status).toBe(200);
    expect(await names()).toEqual(['Next']);
  });

  it('after the commit loses the answer, not the work; the same requestid brings it back', async () => {
    await books.control.planFault({ kind: '500', operation: 'customer.create', when: 'after' });
    const ask = () => books.ask('POST', 'customer?requestid=q1', { DisplayName: 'Kept' });

    expect((await ask()).status).toBe(500);
    expect(await names()).toEqual(['Kept']);
    expect((await ask()).body.Customer).toMatchObject({ DisplayName: 'Kept', Id: '1' });
    expect(await names()).toEqual(['Kept']);
  });

  it.each(['reset', 'truncated'] as const)('%s breaks the connection', async (kind) => {
    await books.control.planFault({ kind, operation: 'customer.create', when: 'after' });
    await expect(create('Lost')).rejects.toThrow(/fetch failed|terminated/);
    expect(await names()).toEqual(['Lost']);
  });

  it('timeout never answers; its client gives up', async () => {
    await books.control.planFault({ kind: 'timeout', operation: 'customer.query', when: 'before' });
    const asking = fetch(`${books.url}/v3/company/${REALM}/query?query=select%20*%20from%20Customer`, {
      headers: { authorization: 'Bearer good' },
      signal: AbortSignal.timeout(100),
    });
    await expect(asking).rejects.toThrow(/timeout/i);
    expect(await books.control.requests({ limit: 1 })).toMatchObject([
      { operation: 'customer.query', status: null, executed: false },
    ]);
  });

  it('timeout with a delay cuts the writer then', async () => {
    await books.control.planFault({ kind: 'timeout', when: 'after', delay_ms: 20 });
    await expect(create('Hung up')).rejects.toThrow('fetch failed');
    expect(await names()).toEqual(['Hung up']);
  });

  it('slow answers late and truly', async () => {
    await books.control.planFault({ kind: 'slow', delay_ms: 60 });
    const startedAt = performance.now();
    expect((await create('Late')).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThan(55);
  });

  it('malformed is a 200 that is not JSON', async () => {
    await books.control.planFault({ kind: 'malformed', operation: 'customer.create', when: 'after' });
    await expect(create('Garbled')).rejects.toThrow(SyntaxError);
    expect(await names()).toEqual(['Garbled']);
  });

  it('strikes the operation and company it is planned for, as often as planned', async () => {
    await books.control.planFault({ kind: '500', operation: 'invoice.*' });
    await books.control.planFault({ kind: '500', operation: 'customer.create', realm_id: '1' });
    await books.control.planFault({ kind: '500', operation: '*', times: 2 });
    const seen = [];
    for (const name of ['A', 'B', 'C']) seen.push((await create(name)).status);

    expect(seen).toEqual([500, 500, 200]);
    expect(await books.control.faults()).toMatchObject([
      { operation: 'invoice.*', times: 1 },
      { realm_id: '1' },
    ]);
    await books.control.clearFaults();
    expect(await books.control.faults()).toEqual([]);
  });

  it('with a rate strikes the same requests for the same seed', async () => {
    const run = async (seed: number): Promise<number[]> => {
      await books.control.clearFaults();
      await books.control.planFault({ kind: '429', operation: 'companyinfo.read', rate: 0.5, seed });
      const seen: number[] = [];
      for (let count = 0; count < 20; count += 1) seen.push((await books.ask('GET', 'companyinfo/1')).status);
      return seen;
    };
    const first = await run(7);

    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 429]));
  });
});
