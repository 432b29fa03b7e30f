import { AsyncLocalStorage } from 'node:async_hooks';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { ScopedClient } from '../../../src/platform/database/scoped.client.js';
import { type Actor, currentActor } from './actor.ts';
import type { Fault, Scheduler } from './scheduler.ts';
import type { SimulatedTime } from './simulated-time.ts';
import { labelOf } from './statement-label.ts';

interface PooledClient extends Client {
  release?: () => void;
  processID: number;
  /** The instant that its session takes for now. */
  simulatedNow?: number;
  /** Its transaction puts jobs on a queue, or takes some. */
  changesJobs?: boolean;
}

interface Pool {
  _clients: PooledClient[];
  _idle: { client: PooledClient }[];
  _pendingQueue: unknown[];
  end(): Promise<void>;
  options: Record<string, unknown>;
}

const ENDS = /^\s*(commit|rollback|end)\b/i;
const CHANGES_JOBS = /(insert into|update|delete from)\s+pgboss\.job/i;
const BEGINS = /^\s*(start transaction|begin)\b/i;
/** What the product is told where the store refuses: PostgreSQL ends the transaction and says so. */
const REFUSAL = `do $refusal$ begin
  raise exception 'simulated: the store refuses' using errcode = '57014';
end $refusal$`;

/** May be changed by a planted bug: the text of a statement before it is sent. */
export type Rewrite = (text: string) => string;

/**
 * PostgreSQL as the product meets it in a simulated world: the real one, whose clock is the simulated one, and to which
 * each statement goes when the scheduler grants it.
 */
export class SimulatedStore {
  rewrite: Rewrite = (text) => text;
  /** The queues were changed since it was last asked. */
  isChanged = true;
  readonly #original = Reflect.get(ScopedClient.prototype, 'query') as (
    ...given: unknown[]
  ) => Promise<unknown>;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly time: SimulatedTime,
    private readonly monitor: (sql: string, values: unknown[]) => Promise<object[]>,
  ) {}

  install(): void {
    const answer = (client: PooledClient, given: unknown[]): unknown => this.#query(client, given);
    const simulated = function query(this: PooledClient, ...given: unknown[]): unknown {
      return answer(this, given);
    };
    Object.assign(ScopedClient.prototype, { query: simulated });
  }

  uninstall(): void {
    Object.assign(ScopedClient.prototype, { query: this.#original });
  }

  /** Has a process keep its connections for the whole time: to connect anew is no step of a simulated world. */
  async hold(dataSource: DataSource, count: number): Promise<void> {
    const pool = poolOf(dataSource);
    Object.assign(pool.options, { idleTimeoutMillis: 0, connectionTimeoutMillis: 0 });
    const runners = Array.from({ length: count }, () => dataSource.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.connect()));
    await Promise.all(runners.map((runner) => runner.release()));
  }

  /** What PostgreSQL does where a process dies: its open transactions are as if they had never been. */
  async rollBack(dataSource: DataSource): Promise<void> {
    const pool = poolOf(dataSource);
    pool._pendingQueue.length = 0;
    const idle = new Set(pool._idle.map(({ client }) => client));
    for (const client of pool._clients) {
      if (idle.has(client)) continue;
      if (client.getTransactionStatus() !== 'I') await sendRaw(client, 'rollback');
      client.release?.();
    }
  }

  /** Closes the connections of a process whose transactions were rolled back. */
  async disconnect(dataSource: DataSource): Promise<void> {
    await poolOf(dataSource).end();
  }

  /** Whether a process has a transaction open. */
  hasTransaction(dataSource: DataSource): boolean {
    return poolOf(dataSource)._clients.some((client) => client.getTransactionStatus() !== 'I');
  }

  #query(client: PooledClient, given: unknown[]): unknown {
    const [text, ...rest] = given;
    const actor = currentActor();
    if (typeof text !== 'string') return this.#original.apply(client, given);
    const callback = typeof rest.at(-1) === 'function' ? (rest.pop() as Callback) : null;
    const send = AsyncLocalStorage.snapshot();
    const perform = (sent: string, values: unknown[]): Promise<unknown> =>
      send(() => this.#original.call(client, sent, ...values));
    const outcome =
      actor && this.scheduler.isRunning
        ? this.#scheduled(client, actor, text, (sent) =>
            sent === REFUSAL ? perform(sent, []) : perform(this.rewrite(sent), rest),
          )
        : this.#setClock(client).then(() => perform(this.rewrite(text), rest));
    if (!callback) return outcome;
    void answerTo(callback, outcome);
    return undefined;
  }

  #scheduled(
    client: PooledClient,
    actor: Actor,
    text: string,
    perform: (sent: string) => Promise<unknown>,
  ): Promise<unknown> {
    return this.scheduler.ask({
      actor,
      kind: 'statement',
      label: labelOf(text),
      perform: async (fault) => {
        const inTransaction = client.getTransactionStatus() !== 'I';
        if (BEGINS.test(text)) return perform(`${this.#clockStatement(client)}; ${text}`);
        if (!inTransaction) await this.#setClock(client);
        client.changesJobs ||= CHANGES_JOBS.test(text);
        if (client.changesJobs && (ENDS.test(text) || !inTransaction)) {
          client.changesJobs = false;
          this.isChanged = true;
        }
        return this.#perform(fault, text, perform);
      },
      isLocked: async () => {
        // Who lets go of a lock gives it to the next one itself: it does not matter when that one wakes up.
        const [row] = await this.monitor('select where cardinality(pg_blocking_pids($1)) > 0', [
          client.processID,
        ]);
        return row !== undefined;
      },
      cancel: async () => void (await this.monitor('select pg_cancel_backend($1)', [client.processID])),
    });
  }

  async #perform(
    fault: Fault | null,
    text: string,
    perform: (sent: string) => Promise<unknown>,
  ): Promise<unknown> {
    if (fault === 'store refuses' && !ENDS.test(text) && !BEGINS.test(text)) return perform(REFUSAL);
    const result = await perform(text);
    if (fault === 'commit unheard') {
      throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    }
    return result;
  }

  async #setClock(client: PooledClient): Promise<void> {
    if (client.simulatedNow === this.time.now || client.getTransactionStatus() !== 'I') return;
    await sendRaw(client, this.#clockStatement(client));
  }

  #clockStatement(client: PooledClient): string {
    client.simulatedNow = this.time.now;
    return `set sim.now = '${new Date(this.time.now).toISOString()}'`;
  }
}

/** Past the simulation, and past the settings of the scope. */
const sendRaw = (client: Client, text: string): Promise<unknown> =>
  (Client.prototype.query as (this: Client, text: string) => Promise<unknown>).call(client, text);

/** The pool and the product's ORM wait for a callback, or for a promise. */
async function answerTo(callback: Callback, outcome: Promise<unknown>): Promise<void> {
  const [failed, result] = await outcome.then(
    (value) => [null, value],
    (error: unknown) => [error, undefined],
  );
  callback(failed, result);
}

type Callback = (error: unknown, result?: unknown) => void;

function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}
