import { setTimeout as pause } from 'node:timers/promises';
import type { Contractor } from './contractor.ts';
import type { Installation } from './installation.ts';
import type { Journal } from './journal.ts';
import type { Fault, FaultKind } from './plan.ts';
import type { Replica } from './replica.ts';

export interface Trouble {
  at: Installation;
  contractor: Contractor;
  journal: Journal;
  fault: Fault;
}

/** How calls to QuickBooks fail: not done, done and the answer lost, late, or not at all for a while. */
const QUICKBOOKS_FAULTS = [
  { kind: '503_html', when: 'before' },
  { kind: '503_html', when: 'after' },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'timeout', when: 'before' },
  { kind: 'timeout', when: 'after' },
  { kind: 'slow', when: 'before', delay_ms: 1_500 },
  { kind: '429', when: 'before' },
  { kind: '500', when: 'after' },
  { kind: 'truncated', when: 'after' },
  { kind: '401', when: 'before' },
] as const;
const STRIPE_FAULTS = [
  { operation: 'refunds.create', kind: '500', when: 'after' },
  { operation: 'refunds.create', kind: 'reset', when: 'before' },
  { operation: 'checkout.sessions.create', kind: 'reset', when: 'after' },
  { operation: 'checkout.sessions.expire', kind: '429', when: 'before' },
  { operation: '*', kind: 'reset', when: 'after' },
] as const;
const TOKEN_FAULTS = [
  { kind: 'timeout', when: 'after', delay_ms: 3_000 },
  { kind: 'reset', when: 'after' },
  { kind: '503_html', when: 'before' },
] as const;

const MAIL_TROUBLES = ['busy', 'away', 'answers lost'] as const;

type Strike = (trouble: Trouble) => Promise<string | undefined>;

const STRIKES: Record<FaultKind, Strike> = {
  'kill a worker': (trouble) => kill(trouble, workerOf(trouble)),
  'kill the API': (trouble) => kill(trouble, trouble.at.api),
  'stop a worker': (trouble) => stop(trouble, workerOf(trouble)),
  'stop the API': (trouble) => stop(trouble, trouble.at.api),
  'freeze a worker': (trouble) => freeze(trouble, workerOf(trouble)),
  'freeze the API': (trouble) => freeze(trouble, trouble.at.api),
  'crash PostgreSQL': async ({ at, fault }) => {
    await at.postgres.crash(fault.forMs);
    return 'PostgreSQL is up again';
  },
  'cut the connections': async ({ at }) => {
    await at.postgres.cutConnections();
    return undefined;
  },
  'Stripe is deaf': async ({ at, fault }) => {
    await at.control.stripe.configure({ drop: 1 });
    await pause(fault.forMs);
    await at.control.stripe.configure({ drop: 0 });
    return 'Stripe sends again; what it had to say meanwhile is lost';
  },
  'Intuit is deaf': async ({ at, fault }) => {
    await at.tellOfChanges({ drop: 1 });
    await pause(fault.forMs);
    await at.tellOfChanges({ drop: 0 });
    return 'Intuit sends again; what it had to say meanwhile is lost';
  },
  'Stripe repeats itself': async ({ at, fault }) => {
    await at.control.stripe.configure({ duplicate: 0.7 });
    await at.control.stripe.pause();
    await pause(fault.forMs);
    await at.control.stripe.resume();
    await at.control.stripe.flush('shuffled');
    await at.control.stripe.redeliver({ last: 5 }).catch(() => undefined);
    await at.control.stripe.configure({ duplicate: 0 });
    return 'Stripe sent what waited in another order, some of it twice';
  },
  'Intuit repeats itself': async ({ at, fault }) => {
    await at.tellOfChanges({ duplicate: 0.7, shuffle: true });
    await pause(fault.forMs);
    await at.sandboxCall('POST', '/webhooks/redeliver', { last: 5 }).catch(() => undefined);
    await at.tellOfChanges({ duplicate: 0, shuffle: false });
    return 'Intuit sent in another order, some of it twice';
  },
  'QuickBooks fails': async ({ at, contractor, fault }) => {
    const how = QUICKBOOKS_FAULTS[fault.which % QUICKBOOKS_FAULTS.length]!;
    const times = 1 + (fault.which % 3);
    await at.control.planFault({ operation: '*', realm_id: contractor.realmId, times, ...how });
    return `${times} calls: ${how.kind} ${how.when}`;
  },
  'Stripe fails': async ({ at, fault }) => {
    const how = STRIPE_FAULTS[fault.which % STRIPE_FAULTS.length]!;
    await at.control.stripe.planFault({ times: 1, ...how });
    return `${how.operation}: ${how.kind} ${how.when}`;
  },
  'tokens expire': async ({ at, contractor }) => {
    await at.sandboxCall('POST', '/oauth/expire-access', { realm_id: contractor.realmId });
    return `of organisation ${contractor.orgId}`;
  },
  'token answers are lost': async ({ at, contractor, fault }) => {
    const how = TOKEN_FAULTS[fault.which % TOKEN_FAULTS.length]!;
    await at.sandboxCall('POST', '/oauth/faults', how);
    await at.sandboxCall('POST', '/oauth/expire-access', { realm_id: contractor.realmId });
    return `${how.kind} ${how.when}, of organisation ${contractor.orgId}`;
  },
  'access is taken away': async ({ at, contractor, fault }) => {
    await at.sandboxCall('POST', '/oauth/revoke', { realm_id: contractor.realmId });
    await pause(fault.forMs);
    return `organisation ${contractor.orgId}, connected again: ${await contractor.connect()}`;
  },
  'mail fails': async ({ at, fault }) => {
    const trouble = MAIL_TROUBLES[fault.which % MAIL_TROUBLES.length]!;
    at.postbox.fail(trouble);
    await pause(fault.forMs);
    at.postbox.fail(null);
    return trouble;
  },
  'the books are closed': async ({ at, contractor, fault }) => {
    const { realmId } = contractor;
    await at.control.setPreferences(realmId, { BookCloseDate: '2099-12-31' });
    await pause(fault.forMs);
    await at.control.setPreferences(realmId, { BookCloseDate: null });
    return `of organisation ${contractor.orgId}`;
  },
};

function workerOf({ at, fault }: Trouble): Replica {
  return at.workers[fault.which % at.workers.length]!;
}

async function kill({ fault }: Trouble, replica: Replica): Promise<string> {
  await replica.kill();
  await pause(fault.forMs);
  replica.launch();
  return `${replica.name}, started again`;
}

async function stop({ fault }: Trouble, replica: Replica): Promise<string> {
  await replica.stop();
  await pause(fault.forMs);
  replica.launch();
  return `${replica.name}, started again`;
}

async function freeze({ fault }: Trouble, replica: Replica): Promise<string> {
  replica.freeze();
  await pause(fault.forMs);
  replica.thaw();
  return `${replica.name}, thawed`;
}

/** Has it go wrong, until it is over, and notes both. */
export async function strike(trouble: Trouble): Promise<void> {
  const { journal, fault } = trouble;
  journal.note(`! ${fault.fault}`);
  const result = await STRIKES[fault.fault](trouble);
  journal.note(`  ${fault.fault} is over${result === undefined ? '' : `: ${result}`}`);
}
