import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { OPEN_MS, OUTAGES_MAX } from '../../../src/qbo-sync/api/pipeline/circuit-breaker.service.js';
import type { QboCompany } from '../../../src/qbo-sync/api/model/qbo-company.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { aContractor, type Books, openBooks } from '../../support/books.js';
import { endPauses } from '../../support/qbo.js';

describe('A QuickBooks that does not answer', () => {
  let books: Books;
  let client: QboClient;
  let company: QboCompany;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' });
    client = books.app.app.get(QboClient);
  });

  beforeEach(async () => {
    company = await aCompany();
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await books.control.clearFaults();
  });

  afterAll(() => books[Symbol.asyncDispose]());

  async function aCompany(): Promise<QboCompany> {
    const { orgId } = await aContractor(books);
    const made = await books.app.app.get(ConnectionService).requireCompany(orgId);
    await books.control.resetCalls();
    return made;
  }

  const calls = async () => (await books.control.calls(company.realmId)).total;
  const plan = (kind: 'reset' | '500' | '503_html' | '403' | '429', times: number) =>
    books.control.planFault({ kind, times, realm_id: company.realmId });
  const ask = () =>
    client.company.info(company).then(
      () => 'answered',
      (error: Error) => error.message,
    );
  const later = () => {
    const real = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => real() + OPEN_MS + 1_000);
  };

  async function openTheCircuit(kind: 'reset' | '500' | '503_html'): Promise<void> {
    await plan(kind, OUTAGES_MAX);
    for (let n = 0; n < OUTAGES_MAX; n += 1) await ask();
  }

  it('is asked again where the clock is put back while it is left alone', async () => {
    await openTheCircuit('500');
    expect(await ask()).toMatch(/nothing was sent/);
    const real = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000);
    expect(await ask()).toBe('answered');
  });

  it.each(['reset', '500', '503_html'] as const)(
    'is left alone after some calls in a row met %s, and nobody waits for it',
    async (kind) => {
      await openTheCircuit(kind);
      const other = await aCompany();
      const failures = await Promise.all(Array.from({ length: 20 }, ask));
      expect(new Set(failures)).toEqual(
        new Set(['QuickBooks does not answer at the moment; nothing was sent.']),
      );
      expect(await calls()).toBe(0);
      await expect(client.company.info(company)).rejects.toMatchObject({ kind: 'transient' });
      await client.company.info(other);
    },
  );

  it('is tried by one call when its time is over, and answers everybody from then on', async () => {
    await openTheCircuit('reset');
    await books.control.resetCalls();
    later();
    await books.control.planFault({ kind: 'slow', delay_ms: 3_000, realm_id: company.realmId });
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers.filter((answer) => answer === 'answered')).toHaveLength(1);
    expect(await calls()).toBe(1);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['answered', 'answered', 'answered']);
  });

  it('stays alone when the one call fails', async () => {
    await openTheCircuit('reset');
    await plan('reset', 1);
    await books.control.resetCalls();
    later();
    await ask();
    expect(await ask()).toContain('does not answer at the moment');
    expect(await calls()).toBe(1);
  });

  it('is not one that answers: refusals open nothing', async () => {
    for (let n = 0; n < OUTAGES_MAX * 2; n += 1) {
      await plan(n % 2 === 0 ? '403' : '429', 1);
      await ask();
      await endPauses(books.database);
    }
    expect(await ask()).toBe('answered');
    expect(await calls()).toBe(OUTAGES_MAX * 2 + 1);
  });

  it('may fail now and then: only failures in a row count', async () => {
    for (let n = 0; n < OUTAGES_MAX * 2; n += 1) {
      await plan('500', 1);
      await ask();
      expect(await ask()).toBe('answered');
    }
  });

  it('is asked again at once by work that nobody waits for, and not by a person', async () => {
    await books.control.planFault({
      operation: 'cdc',
      kind: '503_html',
      times: 2,
      realm_id: company.realmId,
    });
    await client.changesSince(company, new Date(), { retryReads: true });
    expect(await calls()).toBe(3);

    await books.control.planFault({ operation: 'cdc', kind: '503_html', realm_id: company.realmId });
    await expect(client.changesSince(company, new Date())).rejects.toMatchObject({ kind: 'transient' });
    expect(await calls()).toBe(4);
  });

  it('was asked, where the first try of a call went out and the second is kept back', async () => {
    await plan('500', OUTAGES_MAX);
    for (let n = 1; n < OUTAGES_MAX; n += 1) await ask();
    const work = client.changesSince(company, new Date(), { retryReads: true });
    await expect(work).rejects.toMatchObject({ detail: expect.not.objectContaining({ unsent: true }) });
    expect(await calls()).toBe(OUTAGES_MAX);
    await expect(client.changesSince(company, new Date())).rejects.toMatchObject({
      detail: { unsent: true },
    });
  });

  it('is asked three times by work nobody waits for, no more', async () => {
    await books.control.planFault({ operation: 'cdc', kind: 'reset', times: 9, realm_id: company.realmId });
    const work = client.changesSince(company, new Date(), { retryReads: true });
    await expect(work).rejects.toMatchObject({ kind: 'transient' });
    expect(await calls()).toBe(3);
  });
});
