import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, inLanes } from './clock.ts';
import { ask } from './http.ts';
import { ROOT } from './root.ts';
import type { Stage } from './stage.ts';

const run = promisify(execFile);
const PASSWORD = 'ladder-shingle-42';
const TWO_DAYS_MS = 2 * 86_400_000;
const CAUGHT_UP_WITHIN_MS = 120_000;
export const AMOUNT = 100;

/** An organisation connected to a company of its own, with its invoices linked to proposals. */
export interface Contractor {
  orgId: number;
  /** Of its admin. */
  token: string;
  realmId: string;
  invoiceIds: readonly string[];
}

/**
 * So many organisations, each with a company of so many open invoices that are two days old. The first is made by the
 * product's own tool, the others are its copies in SQL; each signs in and connects over HTTP; the links are made in
 * SQL. No poll comes by itself until the scenario asks for one.
 */
export async function createContractors(
  stage: Stage,
  orgCount: number,
  invoicesEach: number,
): Promise<Contractor[]> {
  const { control } = stage;
  await control.patchSwitches({ limits: false });
  const orgIds = await foundOrgs(stage, orgCount);
  await control.setClock(new Date(Date.now() - TWO_DAYS_MS));
  const companies: Pick<Contractor, 'realmId' | 'invoiceIds'>[] = [];
  for (const orgId of orgIds) {
    const { realm_id: realmId } = await control.createCompany({ name: `Company of ${orgId}` });
    const { Id } = await control.createCustomer(realmId, 'Ann Ruiz');
    const invoiceIds = await control.createInvoices(realmId, {
      customer_id: Id,
      count: invoicesEach,
      amount: AMOUNT,
    });
    companies.push({ realmId, invoiceIds });
  }
  await control.resetClock();
  const contractors = await inLanes(4, orgIds, async (orgId, index) => {
    const token = await signIn(stage, orgId);
    const company = companies[index]!;
    await connect(stage, token, company.realmId);
    await link(stage, orgId, company);
    return { orgId, token, ...company };
  });
  await holdPolls(stage);
  await stage.database.query('vacuum analyze');
  await control.patchSwitches({ limits: true });
  await control.resetCalls();
  return contractors;
}

/** Puts every poll off for a day. */
export async function holdPolls({ database }: Stage): Promise<void> {
  await database.query(`update qbo_sweeps set next_sweep_at = now() + interval '1 day'`);
}

/** Makes every company due now. */
export async function dueNow({ database }: Stage): Promise<void> {
  await database.query('update qbo_sweeps set next_sweep_at = now()');
}

/**
 * Has every company polled for the first time, which ends in a full comparison of each, and waits until that is over:
 * from then on only news counts.
 */
export async function catchUp(stage: Stage): Promise<void> {
  await dueNow(stage);
  await eventually(async () => {
    const [row] = await stage.database.query<{ open: number }>(
      `select count(*)::int as open from qbo_sweeps s
        where changed_since is null or lease_until is not null
           or exists (select from invoice_compares c where c.org_id = s.org_id and c.status in ('queued', 'running'))
           or not exists (select from preflights p where p.org_id = s.org_id)`,
    );
    if (row!.open > 0) throw new Error(`${row!.open} companies have not caught up`);
  }, CAUGHT_UP_WITHIN_MS);
  await holdPolls(stage);
}

const emailOf = (orgId: number): string => `owner-${orgId}@bench.test`;

async function foundOrgs({ env, database }: Stage, count: number): Promise<number[]> {
  const args = ['--name', 'Bench Roofing', '--email', 'owner@bench.test', '--password', PASSWORD];
  const tool = join(ROOT, 'dist/src/orgs/create-org.cli.js');
  const { stdout } = await run(process.execPath, [tool, ...args], {
    env: { PATH: process.env.PATH, ...env },
  });
  const founded = JSON.parse(stdout) as { org_id: number; user_id: number };
  await database.query(
    `with copies as (insert into orgs (name) select 'Bench Roofing ' || n from generate_series(2, $1::int) n
      returning id)
     insert into org_settings (org_id) select id from copies`,
    [count],
  );
  await database.query(
    `insert into users (org_id, email, full_name, password_hash)
     select o.id, 'owner-' || o.id || '@bench.test', u.full_name, u.password_hash
       from orgs o, users u where u.id = $1 and o.id <> u.org_id`,
    [founded.user_id],
  );
  await database.query(
    `insert into user_roles (org_id, user_id, role_id)
     select u.org_id, u.id, r.role_id from users u, user_roles r where r.user_id = $1 and u.id <> $1`,
    [founded.user_id],
  );
  await database.query('update users set email = $2 where id = $1', [
    founded.user_id,
    emailOf(founded.org_id),
  ]);
  const orgs = await database.query<{ id: number }>('select id from orgs order by id');
  return orgs.map(({ id }) => id);
}

async function signIn({ api }: Stage, orgId: number): Promise<string> {
  const body = { email: emailOf(orgId), password: PASSWORD };
  return (await ask<{ access_token: string }>('POST', `${api.url}/auth/login`, { body })).access_token;
}

/** Start, consent page, callback: as a person connects. */
async function connect({ api, sandbox }: Stage, token: string, realmId: string): Promise<void> {
  const start = await ask<{ authorization_url: string }>('GET', `${api.url}/qbo/oauth/start`, { token });
  const { location } = await ask<{ location: string }>('POST', `${sandbox.url}/sandbox/oauth/consent`, {
    body: { url: start.authorization_url, realm_id: realmId },
  });
  await ask('GET', location, { token });
}

/** An approved proposal for each invoice, linked but never looked at. */
async function link(
  { database }: Stage,
  orgId: number,
  { invoiceIds }: Pick<Contractor, 'invoiceIds'>,
): Promise<void> {
  await database.query(
    `with customer as (
       insert into customers (org_id, email, full_name) values ($1, 'ann@bench.test', 'Ann Ruiz') returning id
     )
     insert into leads (org_id, customer_id, name, status, approved_at, amount_cents, qbo_invoice_id)
     select $1, customer.id, 'Roof ' || invoice.id, 'approved', now(), $3, invoice.id
       from customer, unnest($2::text[]) with ordinality as invoice (id, n)
      order by invoice.n`,
    [orgId, invoiceIds, AMOUNT * 100],
  );
}
