import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DIRECTORY_TABLES } from '../../../src/platform/database/scope/row-security.js';
import { ScopedClient } from '../../../src/platform/database/scope/scoped.client.js';
import { startApp } from '../../support/app.js';
import {
  aContractor,
  aCustomer,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { anyone, Session } from '../../support/people.js';
import { freePort } from '../../support/ports.js';
import { launchProcess } from '../../support/process.js';

const SECRET = 'Secretive Siding';
/** `customers.org_id = $1`, as statements of ours and of TypeORM write it. */
const PREDICATE = /(?:"?\w+"?\.)?"?\borg_id"?\s*=\s*(\$\d+)/g;
const OF_DIRECTORY = new RegExp(`\\b(${DIRECTORY_TABLES.join('|')})\\b`);
const STREAMS = /\/(events|stream)$/;
/** What it answers depends on how fast the database is. */
const HEALTH = /^\/health/;

const query: (this: ScopedClient, ...given: unknown[]) => never = Reflect.get(
  ScopedClient.prototype,
  'query',
);

/** Every statement on a table with policies forgets its organisation from here on. Counts them. */
function forgetOrganisations(): { count: number } {
  const forgotten = { count: 0 };
  ScopedClient.prototype.query = function (this: ScopedClient, text: unknown, ...more: unknown[]): never {
    const isOfTenant =
      typeof text === 'string' && /^\s*(select|with)\b/i.test(text) && !OF_DIRECTORY.test(text);
    const forgetful = isOfTenant ? text.replaceAll(PREDICATE, '($1)::integer is not null') : text;
    if (forgetful !== text) forgotten.count += 1;
    return query.call(this, forgetful, ...more);
  };
  return forgotten;
}

describe('With the organisation forgotten in every statement', () => {
  let books: Books;
  let alpha: Contractor;
  let beta: Contractor;
  let ids: string[];
  let routes: string[];

  beforeAll(async () => {
    books = await openBooks();
    alpha = await aContractor(books, 'Alpha Roofing');
    beta = await aContractor(books, 'Beta Roofing');
    await anInvoicedProposal(alpha);
    const customerId = await aCustomer(beta, { full_name: `${SECRET} Ltd` });
    const { proposalId } = await anInvoicedProposal(beta, { customerId });
    ids = [String(customerId), String(proposalId)];
    const { body } = await anyone(books.app).get<{ paths: Record<string, { get?: object }> }>(
      '/openapi.json',
    );
    routes = Object.keys(body.paths).filter(
      (path) => body.paths[path]!.get && !STREAMS.test(path) && !HEALTH.test(path),
    );
  });

  afterEach(() => {
    ScopedClient.prototype.query = query;
  });

  afterAll(() => books[Symbol.asyncDispose]());

  /** What a person of Alpha is answered at every route that reads, also where it is asked for things of Beta. */
  async function answers(): Promise<Map<string, { status: number; text: string }>> {
    const paths = routes.flatMap((route) =>
      route.includes('{') ? ids.map((id) => route.replaceAll(/\{\w+\}/g, id)) : [route],
    );
    const found = new Map<string, { status: number; text: string }>();
    for (const path of paths) {
      const { status, body } = await alpha.admin.get(path);
      found.set(path, { status, text: JSON.stringify(body) });
    }
    return found;
  }

  it('no route answers more than before, and none what is of another', async () => {
    const before = await answers();
    const forgotten = forgetOrganisations();
    const after = await answers();
    expect(forgotten.count).toBeGreaterThan(50);
    const statuses = (of: typeof before) => [...of].map(([path, { status }]) => `${status} ${path}`);
    expect(statuses(after)).toEqual(statuses(before));
    expect([...after].filter(([, { text }]) => text.includes(SECRET)).map(([path]) => path)).toEqual([]);
  });

  it('a role that the policies do not hold for sees what is of another (so the above is not vacuous)', async () => {
    await using bare = await startApp({ databaseUrl: books.database.ownerUrl });
    forgetOrganisations();
    const { body } = await new Session(bare.url, alpha.admin.token).get('/customers');
    expect(JSON.stringify(body)).toContain(SECRET);
  });

  it('a process of production is not even started as the owner of the tables, and says what to do', async () => {
    const crm = launchProcess({
      PORT: String(await freePort()),
      NODE_ENV: 'production',
      DATABASE_URL: books.database.ownerUrl,
      JWT_SECRET_KEY: randomBytes(32).toString('hex'),
      TOKEN_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    });
    expect(await crm.ended).toBe(1);
    expect(crm.output()).toMatch(
      /^DATABASE_URL signs in as crm, which is a superuser .* Set DATABASE_MIGRATE_URL to the address/m,
    );
  });
});
