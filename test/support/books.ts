import type { SandboxControl } from '../../sandbox/control-client.ts';
import { ChangeFeedPollService } from '../../src/qbo-sync/pull/change-feed/change-feed-poll.service.js';
import { ReconciliationWorkerService } from '../../src/qbo-sync/pull/reconciliation/reconciliation-worker.service.js';
import type { Clock } from '../../src/platform/time/clock.js';
import { type TestApp, startApp } from './app.js';
import { cloneDatabase, type TestDatabase } from './database.js';
import { eventually } from './eventually.js';
import { createOrg, type Person } from './people.js';
import { connect, startQbo, type TestQbo } from './qbo.js';

/** The CRM, a QuickBooks sandbox beside it, and a database: one world for one test file. */
export interface Books extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly qbo: TestQbo;
  /** Acts as QuickBooks and its bookkeeper. */
  readonly control: SandboxControl;
  readonly app: TestApp;
}

/** An organisation with its own QuickBooks company, connected through the real consent. */
export interface Contractor {
  readonly orgId: number;
  readonly admin: Person;
  readonly realmId: string;
}

export async function openBooks(env: NodeJS.ProcessEnv = {}, clock?: Clock): Promise<Books> {
  const database = await cloneDatabase();
  const qbo = await startQbo();
  const app = await startApp({
    databaseUrl: database.url,
    env: { QBO_REQUEST_TIMEOUT_MS: '5000', ...qbo.env, ...env },
    clock,
  });
  const books: Books = {
    database,
    qbo,
    control: qbo.control,
    app,
    [Symbol.asyncDispose]: async () => {
      // Those of now: a test may have restored a backup.
      await books.app[Symbol.asyncDispose]();
      await qbo[Symbol.asyncDispose]();
      await books.database[Symbol.asyncDispose]();
    },
  };
  return books;
}

export async function aContractor(
  books: Books,
  name = 'Acme Roofing',
  country: 'US' | 'GB' = 'US',
): Promise<Contractor> {
  const { orgId, admin } = await createOrg(books.app, name);
  const { realm_id: realmId } = await books.control.createCompany({ name, fixtures: 'sales', country });
  await connect(books.app, admin, { realmId });
  return { orgId, admin, realmId };
}

/** A contractor with an empty company of these settings, in which nothing is taxed by QuickBooks itself. */
export async function aContractorWith(books: Books, name: string, settings: object): Promise<Contractor> {
  const { orgId, admin } = await createOrg(books.app, name);
  const { realm_id: realmId } = await books.control.createCompany({ name });
  await connect(books.app, admin, { realmId });
  await books.control.setPreferences(realmId, { PartnerTaxEnabled: false });
  const { status, body } = await admin.patch('/org/settings', settings);
  if (status !== 200) throw new Error(`the settings are refused: ${JSON.stringify(body)}`);
  await admin.post('/qbo/preflight');
  return { orgId, admin, realmId };
}

export async function aCustomer(
  { admin }: Contractor,
  facts: { email?: string; full_name?: string; phone?: string } = {},
): Promise<number> {
  const unique = crypto.randomUUID().slice(0, 8);
  const answer = await admin.post('/customers', {
    email: `ann-${unique}@example.com`,
    full_name: `Ann Ruiz ${unique}`,
    phone: '555-0100',
    ...facts,
  });
  return answer.body.id as number;
}

/** A proposal over one line, approved. */
export async function anApprovedProposal(
  contractor: Contractor,
  { amountCents = 1_250_000, customerId }: { amountCents?: number; customerId?: number } = {},
): Promise<number> {
  const { admin } = contractor;
  const created = await admin.post('/proposals', {
    name: 'Roof of 12 Elm Street',
    customer_id: customerId ?? (await aCustomer(contractor)),
    lines: [{ description: 'New roof', quantity: 1, unit_price_cents: amountCents }],
  });
  const id = created.body.id as number;
  await admin.post(`/proposals/${id}/approve`);
  return id;
}

/** A proposal whose invoice is in QuickBooks. */
export async function anInvoicedProposal(
  contractor: Contractor,
  options: { amountCents?: number; customerId?: number } = {},
): Promise<{ proposalId: number; invoiceId: string }> {
  const proposalId = await anApprovedProposal(contractor, options);
  const invoice = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
  return { proposalId, invoiceId: invoice.body.qbo_invoice_id as string };
}

/** One poll of a company to its end, and the full comparison that it may have opened. */
export async function pollCompany(books: Books, contractor: Contractor): Promise<void> {
  await books.app.app.get(ChangeFeedPollService).poll(contractor.orgId);
  await compared(books, contractor);
}

/** Waits until no comparison of a company is open. */
export async function compared(books: Books, { orgId }: Contractor): Promise<void> {
  await books.app.app.get(ReconciliationWorkerService).run({ orgId });
  await eventually(async () => {
    const open = await books.database.query(
      `select from invoice_compares where org_id = $1 and status in ('queued', 'running')`,
      [orgId],
    );
    if (open.length > 0) throw new Error(`a comparison of organisation ${orgId} is still open`);
  });
}

/** Waits until no job of an organisation is running or about to. */
export async function idle(
  { database }: Pick<Books, 'database'>,
  { orgId }: Pick<Contractor, 'orgId'>,
): Promise<void> {
  await eventually(async () => {
    const jobs = await database.query<{ name: string }>(
      `select name from pgboss.job
        where group_id = $1::text and state < 'completed' and start_after <= now() + interval '1 second'`,
      [orgId],
    );
    if (jobs.length > 0) throw new Error(`of organisation ${orgId} there are: ${JSON.stringify(jobs)}`);
  });
}

/** The events logged about a proposal, oldest first. */
export async function eventsOf({ admin }: Contractor, proposalId: number): Promise<string[]> {
  const { body } = await admin.get(`/proposals/${proposalId}/activity`);
  return (body.items as { event: string }[]).map((item) => item.event).toReversed();
}

/** True for a text with this beginning: a field of a QuickBooks record can be anything. */
export function beginsWith(field: unknown, beginning: string): boolean {
  return typeof field === 'string' && field.startsWith(beginning);
}
