import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { HealthRegistryService } from '../../../src/health/health-registry.service.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { anyone } from '../../support/people.js';

/** What anybody may know of how the sync stands. */
describe('The health of the sync', () => {
  let books: Books;

  beforeAll(async () => {
    books = await openBooks();
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const health = async () => (await anyone(books.app).get('/health')).body;

  it('counts connections, polls, operations and what waits for a person, and says of none whose it is', async () => {
    expect((await health()).qbo).toMatchObject({
      connected: 0,
      last_sweep_age_seconds: null,
      operations: { waiting: 0, under_way: 0, uncertain: 0 },
      inbox_open: 0,
    });
    const contractor = await aContractor(books, 'Secretive Roofing');
    await anInvoicedProposal(contractor);
    await pollCompany(books, contractor);
    await books.control.planFault({
      operation: 'invoice.create',
      realm_id: contractor.realmId,
      kind: 'timeout',
      when: 'before',
    });
    await contractor.admin.post(`/qbo/invoice/${await anApprovedProposal(contractor)}`);
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    await contractor.admin.post(`/qbo/invoice/${await anApprovedProposal(contractor)}`);

    const calls = async () => (await books.control.calls(contractor.realmId)).total;
    const before = await calls();
    const answer = await eventually(async () => {
      const said = await health(); // it says 503 where it cannot be read within a second
      expect(said).toMatchObject({ ok: true });
      return said;
    });
    expect(answer).toMatchObject({
      ok: true,
      pool: { max: 10, waiting: 0 },
      queue: { due: expect.any(Number), lag_seconds: expect.any(Number) },
      qbo: {
        connected: 1,
        sweeps_failing: 0,
        operations: { waiting: 0, uncertain: 1 },
        inbox_open: 1,
      },
    });
    expect(answer.qbo.last_sweep_age_seconds).toBeLessThan(600);
    expect(answer.qbo.stalest_sweep_age_seconds).toBeLessThan(600);
    expect(before).toBeGreaterThan(0);
    expect(await calls()).toBe(before);
    const said = JSON.stringify(answer);
    for (const secret of ['Secretive', contractor.realmId, 'token']) expect(said).not.toContain(secret);
  });

  it('answers with 503 within a second where a part of it does not', async () => {
    const silent = new HealthRegistryService();
    silent.contribute({}, 'qbo', () => new Promise(() => {}));
    await expect(silent.read()).rejects.toThrow('No answer within 1000 ms');

    let release = (): void => {};
    const lock = new Promise<void>((resolve) => (release = resolve));
    books.app.app.get(HealthRegistryService).contribute({}, 'slow', async () => {
      await lock;
      return {};
    });
    const answers = await Promise.all([anyone(books.app).get('/health'), anyone(books.app).get('/health')]);
    for (const { status, body } of answers) {
      expect(status).toBe(503);
      expect(body).toEqual({
        ok: false,
        service: 'crm-api',
        version: expect.any(String),
        qbo: { configured: true, env: 'sandbox' },
      });
    }
    expect((await anyone(books.app).get('/health/live')).status).toBe(200);
    release();
    await eventually(async () => expect((await anyone(books.app).get('/health')).status).toBe(200));
  });

  it('puts what several say of one part together', async () => {
    const board = new HealthRegistryService();
    class Connections {}
    board.contribute(new Connections(), 'qbo', async () => ({ one: 1 }));
    board.contribute({}, 'qbo', async () => ({ two: 2 }));
    expect(() => board.contribute(new Connections(), 'qbo', async () => ({}))).toThrow(
      'Two services report qbo as Connections.',
    );
    board.contribute({}, 'pool', async () => ({ open: 3 }));
    expect(await board.read()).toEqual({ qbo: { one: 1, two: 2 }, pool: { open: 3 } });
  });
});
