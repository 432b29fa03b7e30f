import { setTimeout as pause } from 'node:timers/promises';
import { Contractor } from './contractor.ts';
import { readAccountMails, readCrm, readKeptEvents } from './crm-facts.ts';
import { perform } from './deeds.ts';
import type { Difference, Facts } from './facts.ts';
import { strike } from './faults.ts';
import type { Installation } from './installation.ts';
import { Journal } from './journal.ts';
import { differencesIn, reportDifferencesIn } from './oracle.ts';
import { ORGS, type Plan } from './plan.ts';
import { readReports } from './report-facts.ts';
import { readSignIns } from './sign-in-facts.ts';
import { readBooks, readStripe } from './vendor-facts.ts';

/**
 * Once nothing goes wrong any more, all agrees within this time, or never: two hours of the workers', who may have to
 * wait ten minutes for an invoice, then for its payment, then for its refund.
 */
const REST_WITHIN_MS = 240_000;
const LATER_MS = 30 * 60_000;
const LOOK_EVERY_MS = 700;

export interface Outcome {
  plan: Plan;
  journal: Journal;
  facts: Facts;
  differences: readonly Difference[];
  /** From the end of the faults until all agreed, or until that was given up. */
  restMs: number;
}

/**
 * Plays a plan in an installation, lets it come to rest, and compares what everybody has. With `upgradeAtMs` the
 * installation begins as an earlier version, and this one takes its place then.
 */
export async function play(at: Installation, plan: Plan, upgradeAtMs?: number): Promise<Outcome> {
  const owners = await at.found(ORGS);
  const contractors = await Promise.all(owners.map((owner) => Contractor.open(at, owner)));
  await Promise.all(at.workers.map((worker) => worker.untilReady()));
  const journal = new Journal();
  const acts = [
    ...plan.deeds.map((deed) => ({
      atMs: deed.atMs,
      run: () => perform({ at, contractor: contractors[deed.org]!, journal, deed }),
    })),
    ...plan.faults.map((fault) => ({
      atMs: fault.atMs,
      run: () => strike({ at, contractor: contractors[fault.org]!, journal, fault }),
    })),
    ...(upgradeAtMs === undefined
      ? []
      : [{ atMs: upgradeAtMs, run: () => upgrade(at, journal, contractors) }]),
  ].toSorted((one, other) => one.atMs - other.atMs);
  const underWay: Promise<void>[] = [];
  for (const { atMs, run } of acts) {
    const waitMs = atMs - journal.nowMs;
    if (waitMs > 0) await pause(waitMs);
    underWay.push(run());
  }
  await Promise.all(underWay);
  const endedMs = journal.nowMs;
  journal.note('nothing goes wrong any more');
  await calm(at, contractors);
  const { facts, differences } = await atRest(at, contractors, journal);
  return { plan, journal, facts, differences, restMs: journal.nowMs - endedMs };
}

/** What the earlier version answered is not this one's. */
async function upgrade(
  at: Installation,
  journal: Journal,
  contractors: readonly Contractor[],
): Promise<void> {
  journal.note('! this version takes over');
  journal.note(`  this version has taken over ${await at.upgrade()}`);
  for (const { breaches } of contractors) breaches.length = 0;
}

/**
 * No fault is left, everybody is connected, every process runs, banks take the refunds that they had before them, and
 * half an hour passes for vendors, workers and the rate at which companies may be called.
 */
async function calm(at: Installation, contractors: readonly Contractor[]): Promise<void> {
  at.postbox.fail(null);
  await Promise.all([
    at.control.clearFaults(),
    at.control.stripe.clearFaults(),
    at.sandboxCall('DELETE', '/oauth/faults'),
    at.control.stripe.configure({ drop: 0, duplicate: 0 }),
    at.control.stripe.resume(),
    at.tellOfChanges({ drop: 0, duplicate: 0, shuffle: false }),
  ]);
  await at.restLater();
  await at.control.advanceClock(LATER_MS);
  await restoreCallRates(at);
  const lost = await at.postgres.query<{ org: number }>(
    `select org_id as org from qbo_tokens where state <> 'connected'`,
  );
  for (const contractor of contractors) {
    const isLost = !contractor.isConnected || lost.some(({ org }) => org === contractor.orgId);
    if (isLost) await contractor.connect();
  }
  const { refunds } = await readStripe(at);
  for (const { id, status } of refunds)
    if (status === 'pending') await at.control.stripe.updateRefund(id, 'succeeded');
  await at.control.stripe.flush('shuffled');
  await at.sandboxCall('POST', '/webhooks/flush');
}

/**
 * The database's clock cannot be moved, so a company's throttling is moved back instead: what a refused company is
 * allowed grows by a sixteenth a minute, while the workers' timers ask for thirty times as many calls as they would.
 */
async function restoreCallRates(at: Installation): Promise<void> {
  await at.postgres.query(
    `update qbo_limits
        set quiet_since = quiet_since - make_interval(secs => $1),
            blocked_until = blocked_until - make_interval(secs => $1)`,
    [LATER_MS / 1_000],
  );
}

/** Looks until everything agrees, or for so long. */
async function atRest(
  at: Installation,
  contractors: readonly Contractor[],
  journal: Journal,
): Promise<{ facts: Facts; differences: readonly Difference[] }> {
  const giveUpMs = journal.nowMs + REST_WITHIN_MS;
  for (;;) {
    const facts = await factsOf(at, contractors);
    const rows = differencesIn(facts);
    // Reports are made of rows, and comparing them costs calls that QuickBooks counts.
    const differences = rows.length > 0 ? rows : await reportDifferences(facts, contractors);
    if (differences.length === 0 || journal.nowMs > giveUpMs)
      return { facts, differences: [...differences, ...breachesOf(contractors), ...fallsIn(at)] };
    await pause(LOOK_EVERY_MS);
  }
}

/** What killed or froze a process came from outside; none ends by itself. */
function fallsIn({ api, workers }: Installation): Difference[] {
  return [api, ...workers].flatMap(({ name, falls }) =>
    falls.map((why) => ({ law: 'no process ends by itself', what: `${name} ${why}` })),
  );
}

function breachesOf(contractors: readonly Contractor[]): Difference[] {
  return contractors.flatMap(({ orgId: org, breaches }) => breaches.map((breach) => ({ ...breach, org })));
}

async function reportDifferences(
  facts: Facts,
  contractors: readonly Contractor[],
): Promise<readonly Difference[]> {
  const reports = await Promise.all(
    contractors.map(async (contractor) => [contractor.orgId, await readReports(contractor)] as const),
  );
  return reportDifferencesIn(facts, Object.fromEntries(reports));
}

async function factsOf(at: Installation, contractors: readonly Contractor[]): Promise<Facts> {
  const books = await Promise.all(
    contractors.map(async ({ orgId, realmId }) => [orgId, await readBooks(at, realmId)] as const),
  );
  const stripe = await readStripe(at);
  return {
    crm: await Promise.all(contractors.map((contractor) => readCrm(at, contractor))),
    books: Object.fromEntries(books),
    stripe,
    events: await readKeptEvents(at),
    letters: [...at.postbox.letters],
    accountMails: await readAccountMails(at),
    signIns: (await Promise.all(contractors.map(readSignIns))).flat(),
  };
}
