import { randomUUID } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../platform/database/statements/prepared.js';
import { withCause } from './job-causes.js';
import type { QueueName, QueuePayloads } from './queue-payloads.js';
import { QUEUES } from './queue-rules.js';

/** A job that stands for another can begin at that moment; that it does so again and again is no accident. */
const TRIES_MAX = 10;

/** Jobs of one queue; `startAfter` delays them until an instant. */
export interface NewJobs<Name extends QueueName> {
  name: Name;
  payloads: readonly QueuePayloads[Name][];
  startAfter?: Date;
  now: Date;
}

/**
 * Puts jobs on their queue as part of the caller's transaction, but for those that a waiting job stands for, which does
 * not begin before the transaction ends.
 */
export async function insertJobs<Name extends QueueName>(
  boss: PgBoss,
  tx: EntityManager,
  { name, payloads, startAfter, now }: NewJobs<Name>,
): Promise<void> {
  const delayedUntil = startAfter && startAfter > now ? startAfter : undefined;
  const keyOf = (payload: QueuePayloads[Name]): string => {
    const key = QUEUES[name].key(payload);
    return delayedUntil ? `${key}@${delayedUntil.toISOString()}` : key;
  };
  const db = {
    executeSql: async (text: string, values?: unknown[]) => ({
      rows: await tx.query<unknown[]>(values?.length ? prepared(text) : text, values),
    }),
  };
  let waiting = new Map(payloads.map((payload) => [keyOf(payload), payload]));
  for (let tries = 0; waiting.size > 0; tries += 1) {
    if (tries === TRIES_MAX) {
      throw new Error(`The jobs ${[...waiting.keys()].join(', ')} of ${name} begin again and again.`);
    }
    const given = [...waiting].map(([singletonKey, payload]) => ({
      id: randomUUID(),
      singletonKey,
      data: withCause(payload),
      startAfter: delayedUntil,
      group: groupOf(payload),
    }));
    const stored = new Set(await boss.insert(name, given, { db, returnId: true }));
    const passedOver = given.filter(({ id }) => !stored.has(id)).map(({ singletonKey }) => singletonKey);
    const kept = await keepQueued(tx, name, passedOver);
    waiting = new Map([...waiting].filter(([key]) => passedOver.includes(key) && !kept.has(key)));
  }
}

/**
 * Keeps waiting jobs from beginning until the caller's transaction ends: whoever takes jobs passes over locked rows.
 * Answers the keys of these; one that is left out has begun by now, maybe before the caller's writes can be seen.
 */
async function keepQueued(tx: EntityManager, name: QueueName, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await tx.query<{ key: string }[]>(
    prepared(`select singleton_key as key from pgboss.job
      where name = $1 and singleton_key = any($2) and state = 'created' for key share`),
    [name, keys],
  );
  return new Set(rows.map(({ key }) => key));
}

/** Whose job it is, where that is said. */
function groupOf(payload: QueuePayloads[QueueName]): { id: string } | undefined {
  return 'orgId' in payload ? { id: String(payload.orgId) } : undefined;
}
