import { AsyncLocalStorage } from 'node:async_hooks';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { ScopedClient } from '../../../src/platform/database/scope/scoped.client.js';
import { type Actor, currentActor } from './actor.ts';
import { LockWaits } from './lock-waits.ts';
import { type Fault, type Scheduler, TAKEN_BACK } from './scheduler.ts';
import type { SimulatedTime } from './simulated-time.ts';
import { labelOf } from './statement-label.ts';

interface PooledClient extends Client {
  release?: () => void;
  processID: number;
  /** The instant that its session takes for now. */
  simulatedNow?: number;
  /** Why its statement was cancelled. */
  cancelled?: 'taken back' | 'deadlocked' | undefined;
  /** Its transaction can go back to where it was before the last statement. */
  hasSavepoint?: boolean;
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
/** What a savepoint of ours would be in the way of. */
const CONTROL = /^\s*(commit|rollback|end|savepoint|release)\b/i;
const TO_SAVEPOINT = /^\s*rollback\s+to\b/i;
const BEGINS = /^\s*(start transaction|begin)\b/i;
/** What the product is told where the store refuses: PostgreSQL ends the transaction and says so. */
const REFUSAL = `do $refusal$ begin
  raise exception 'simulated: the store refuses' using errcode = '57014';
end $refusal$`;

/** Limits in real time would end a statement sooner on a busy machine. */
const NO_LIMITS =
  'set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0';

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
  readonly #locks = new LockWaits();
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
    await Promise.all(poolOf(dataSource)._clients.map((client) => sendRaw(client, NO_LIMITS)));
    await Promise.all(runners.map((runner) => runner.release()));
  }

  /** What PostgreSQL does where a process dies: its open transactions are as if they had never been. */
  async rollBack(dataSource: DataSource): Promise<void> {
    const pool = poolOf(dataSource);
    pool._pendingQueue.length = 0;
    const idle = new Set(pool._idle.map(({ client }) => client));
    for (const client of pool._clients) {
      this.#locks.stop(client.processID);
      if (idle.has(client)) continue;
      if (client.getTransactionStatus() !== 'I') await sendRaw(client, 'rollback');
      this.#note(client, 'rollback');
      client.release?.();
    }
  }

  /** Lends its connections in the same order as in every other tale, and knows nothing of an earlier one. */
  order(dataSource: DataSource): void {
    const { _clients: clients, _idle: idle } = poolOf(dataSource);
    for (const client of clients) {
      Object.assign(client, { hasSavepoint: false, cancelled: undefined, changesJobs: false });
      this.#locks.stop(client.processID);
    }
    idle.sort((one, other) => clients.indexOf(one.client) - clients.indexOf(other.client));
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
    return this.scheduler.ask<unknown>({
      actor,
      kind: 'statement',
      label: labelOf(text),
      perform: async (fault) => {
        if (BEGINS.test(text)) return this.#begin(client, text, perform);
        await this.#prepare(client, text);
        return this.#perform(fault, text, perform)
          .catch((error: Error) => this.#afterCancelling(client, error))
          .finally(() => this.#note(client, text));
      },
      takeBackIfLocked: () => this.#takeBackIfLocked(client),
      mayGoOn: () => this.#locks.mayGoOn(client.processID),
    });
  }

  #begin(client: PooledClient, text: string, perform: (sent: string) => Promise<unknown>): Promise<unknown> {
    client.hasSavepoint = false;
    return perform(`${this.#clockStatement(client)}; ${text}`);
  }

  /** A statement in a transaction can be taken back alone. */
  async #prepare(client: PooledClient, text: string): Promise<void> {
    this.#locks.stop(client.processID);
    const inTransaction = client.getTransactionStatus() !== 'I';
    if (!inTransaction) await this.#setClock(client);
    client.changesJobs ||= CHANGES_JOBS.test(text);
    if (client.changesJobs && (ENDS.test(text) || !inTransaction)) {
      client.changesJobs = false;
      this.isChanged = true;
    }
    if (client.getTransactionStatus() !== 'T' || CONTROL.test(text)) return;
    await sendRaw(client, client.hasSavepoint ? 'release savepoint sim; savepoint sim' : 'savepoint sim');
    client.hasSavepoint = true;
  }

  /** Others may get the locks that a statement gave back. */
  #note(client: PooledClient, text: string): void {
    const isEnd = ENDS.test(text) && !TO_SAVEPOINT.test(text);
    const isOver = isEnd || client.getTransactionStatus() === 'I';
    if (isOver || CONTROL.test(text)) client.hasSavepoint = false;
    if (isOver || TO_SAVEPOINT.test(text)) this.#locks.end(client.processID);
  }

  /**
   * Nobody waits within PostgreSQL, where real time decides who of two that wait gets a lock: who would have to, asks
   * again once what it waits for is over. Whose wait would close a circle is told so, as PostgreSQL tells. Unlike
   * there, who waits holds none of the locks that its statement had got so far.
   */
  async #takeBackIfLocked(client: PooledClient): Promise<boolean> {
    if (client.cancelled !== undefined) return false;
    const session = client.processID;
    const [row] = await this.monitor('select pg_blocking_pids($1) as blockers', [session]);
    const { blockers } = row as { blockers: number[] };
    if (blockers.length === 0) return false;
    const mayWait = this.#locks.begin(session, blockers);
    client.cancelled = mayWait ? 'taken back' : 'deadlocked';
    await this.monitor('select pg_cancel_backend($1)', [session]);
    return mayWait;
  }

  async #afterCancelling(client: PooledClient, error: Error): Promise<typeof TAKEN_BACK> {
    const { cancelled } = client;
    client.cancelled = undefined;
    if (cancelled === undefined) throw error;
    if (cancelled === 'deadlocked')
      throw Object.assign(new Error('deadlock detected', { cause: error }), { code: '40P01' });
    if (client.hasSavepoint) await sendRaw(client, 'rollback to savepoint sim');
    return TAKEN_BACK;
  }

  async #perform(
    fault: Fault | null,
    text: string,
    perform: (sent: string) => Promise<unknown>,
  ): Promise<unknown> {
    if (fault === 'store refuses' && !ENDS.test(text)) return perform(REFUSAL);
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
