import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finished, requestBatch } from '../../support/batches.js';
import { aContractor, aCustomer, type Books, type Contractor, openBooks } from '../../support/books.js';
import { anyone, PASSWORD, type Person, Session, signIn, someEmail } from '../../support/people.js';
import { type CrmProcess, startProcess } from '../../support/process.js';

const HOUR_MS = 3_600_000;
const WRONG_CLOCK = join(import.meta.dirname, '../../support/wrong-clock.ts');

/** Processes of one installation on machines whose clocks are wrong, beside one whose clock is right. */
describe('Where the clocks of two machines are an hour apart', () => {
  let books: Books;
  let contractor: Contractor;
  const started = new Map<string, Promise<CrmProcess>>();

  beforeAll(async () => {
    books = await openBooks({ CRM_ROLE: 'api' });
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    for (const crm of started.values()) await (await crm).end('SIGKILL');
    await books[Symbol.asyncDispose]();
  });

  /** The process of this role whose clock is so wrong: one for all tests. */
  function processOf(role: 'api' | 'worker', aheadMs: number): Promise<CrmProcess> {
    const name = `${role} ${aheadMs}`;
    const crm =
      started.get(name) ??
      startProcess(books.database.url, {
        ...books.qbo.env,
        CRM_ROLE: role,
        CLOCK_AHEAD_MS: String(aheadMs),
        NODE_OPTIONS: `--import ${WRONG_CLOCK}`,
      });
    started.set(name, crm);
    return crm;
  }
  /** Somebody who signs in at a process, and works there. */
  const personAt = async ({ url }: CrmProcess): Promise<Person> =>
    signIn({ ...books.app, url }, contractor.admin.email);
  /** A customer who is brought into QuickBooks, asked for at the process where somebody works. */
  async function broughtOver(admin: Person): Promise<object[]> {
    const batch = await requestBatch({ ...contractor, admin }, [await aCustomer(contractor)]);
    return (await finished(contractor, batch)).results;
  }

  it('customers who are sent at the right one are in QuickBooks at once, by the one behind', async () => {
    const behind = await processOf('worker', -HOUR_MS);
    expect(await broughtOver(contractor.admin)).toMatchObject([{ ok: true }]);
    await behind.end('SIGKILL');
  });

  it('customers who are sent at the one ahead are in QuickBooks at once, by the right one', async () => {
    const [ahead] = await Promise.all([processOf('api', HOUR_MS), processOf('worker', 0)]);
    expect(await broughtOver(await personAt(ahead))).toMatchObject([{ ok: true }]);
  });

  it('failed sign-ins at the one ahead are held for as long as everywhere, at all of them', async () => {
    const ahead = await processOf('api', HOUR_MS);
    const email = someEmail();
    const at = ({ url }: { url: string }) =>
      new Session(url).post('/auth/login', { email, password: 'wrong' });
    for (let failures = 0; failures < 5; failures += 1) expect((await at(ahead)).status).toBe(401);
    const waits = await Promise.all([at(ahead), at(books.app)]);
    for (const { status, headers } of waits) {
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(800);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(900);
    }
  });

  it('two refreshes at once, one at each, leave the session as it is', async () => {
    const ahead = await processOf('api', HOUR_MS);
    const { email } = contractor.admin;
    const { body } = await anyone(books.app).post('/auth/login', { email, password: PASSWORD });
    let token = body.refresh_token as string;
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(
        [ahead, books.app].map(({ url }) => new Session(url).post('/auth/refresh', { refresh_token: token })),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      token = answers[0]!.body.refresh_token as string;
    }
  });

  it('the one whose clock is wrong says so, whether it serves or works, and to which side', async () => {
    const behind = await processOf('worker', -HOUR_MS);
    expect(behind.output()).toContain('3600 seconds behind the database’s');
    const ahead = await processOf('api', HOUR_MS);
    expect(ahead.output()).toContain('3600 seconds ahead of the database’s');
    const right = await processOf('worker', 0);
    expect(right.output()).not.toMatch(/seconds (behind|ahead)/);
  });
});
