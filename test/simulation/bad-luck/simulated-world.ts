import { SandboxControl } from '../../../sandbox/control-client.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { InvoicePollerService } from '../../../src/qbo-sync/pull/invoice-poller.service.js';
import { TimetableService } from '../../../src/jobs/timers/timetable.service.js';
import type { QueueName } from '../../../src/jobs/queue/queue-payloads.js';
import type { BooksWithStripe } from '../../support/stripe.js';
import { STRIPE_SECRET, TestStripe } from '../../support/stripe.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { inNamedOrganisation } from '../../support/organisation.js';
import { SeededRandom } from '../seeded-random.ts';
import { Actor, actAs } from './actor.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { Scheduler } from './scheduler.ts';
import { SimulatedChance } from './simulated-chance.ts';
import {
  failure,
  injected,
  PRODUCT_URL,
  type Reply,
  replyOf,
  type VendorRequest,
  SimulatedNetwork,
} from './simulated-network.ts';
import { CONNECTIONS, type SimulatedProcess, startSimulatedProcess } from './simulated-process.ts';
import { SimulatedStore } from './simulated-store.ts';
import { EMPTY_DATABASE, SIMULATED_DATABASE } from './simulated-database.ts';
import { CLIENT, environmentOf, INTUIT_VERIFIER, REDIRECT_URI, type Role } from './simulated-environment.ts';
import { SimulatedTime } from './simulated-time.ts';

/** A Monday morning. */
const START = new Date('2026-03-02T14:00:00Z');
/** Workers look for due jobs so often. */
const LOOK_MS = 500;
const PROCESSES = { api: ['api'], worker: ['worker 1', 'worker 2'] };
/** Of the company in each story. */
export const REALM = '9341457000000001';

interface Job {
  name: QueueName;
  /** Simulated epoch milliseconds. */
  at: number;
}

type Timers = Map<string, { run: () => Promise<unknown> }>;

/**
 * A year's bad luck in one process: the product as one process that answers HTTP and two that run jobs, its vendors,
 * the network between them, PostgreSQL and the clock.
 */
export class SimulatedWorld implements AsyncDisposable {
  readonly lives: Record<Role, SimulatedProcess[]> = { api: [], worker: [] };
  random = new SeededRandom(0);
  #bug: PlantedBug | null = null;
  /** The books were changed since somebody last looked. */
  areBooksChanged = true;
  readonly store: SimulatedStore;
  readonly network: SimulatedNetwork;
  readonly control: SandboxControl;
  readonly #stripe: TestStripe;
  #jobs: Job[] = [];
  /** When queues are looked into again whose jobs nobody may take now: those of an organisation that has its share. */
  readonly #looksAgainAt = new Map<QueueName, number>();

  private constructor(
    readonly database: TestDatabase,
    readonly sandbox: Sandbox,
    readonly scheduler: Scheduler,
    readonly time: SimulatedTime,
    readonly chance: SimulatedChance,
  ) {
    this.store = new SimulatedStore(scheduler, time, (sql, values) => database.query(sql, values));
    const between = (low: number, high: number): number => this.random.between(low, high);
    this.network = new SimulatedNetwork(scheduler, time, sandbox, between);
    this.network.toProduct = (request) => this.#toProduct(request);
    sandbox.world.changes.on('change', () => (this.areBooksChanged = true));
    scheduler.isBusy = () => this.network.underWay > 0;
    this.control = new SandboxControl(sandbox.url);
    this.#stripe = new TestStripe(sandbox.url);
  }

  static async open(): Promise<SimulatedWorld> {
    const database = await cloneDatabase();
    await database.query(SIMULATED_DATABASE);
    const name = new URL(database.ownerUrl).pathname.slice(1);
    await database.query(`alter database ${name} set search_path = public, sim, pg_catalog`);
    await database.query(`alter database ${name} set deadlock_timeout = '1h'`); // the store looks itself
    await database.query(EMPTY_DATABASE);
    const sandbox = await startSandbox({
      companies: [],
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      redirectUris: [REDIRECT_URI],
      webhooks: { url: `${PRODUCT_URL}/qbo/webhooks`, verifierToken: INTUIT_VERIFIER, format: 'cloudevents' },
      stripe: { webhookUrl: `${PRODUCT_URL}/payments/webhook`, webhookSecret: STRIPE_SECRET },
    });
    const world = new SimulatedWorld(
      database,
      sandbox,
      new Scheduler(),
      new SimulatedTime(),
      new SimulatedChance(),
    );
    world.time.install(START);
    world.chance.install();
    world.store.install();
    world.network.install();
    for (const role of ['api', 'worker'] as const)
      for (const _name of PROCESSES[role]) world.lives[role].push(await world.#start(role));
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.scheduler.isRunning = false;
    for (const life of this.all) await this.#end(life);
    this.network.uninstall();
    this.store.uninstall();
    this.chance.uninstall();
    this.time.uninstall();
    // They hold nothing but their connections: as a killed process they are not asked to stop.
    for (const { dataSource } of this.all) await this.store.disconnect(dataSource);
    await this.sandbox.close();
    await this.database[Symbol.asyncDispose]();
  }

  /** Everything as on the first day, with a chance of this seed. Nothing of an earlier story is left. */
  async begin(seed: number, bug: PlantedBug | null = null): Promise<void> {
    this.scheduler.isRunning = false;
    this.#bug = bug;
    this.store.rewrite = bug?.statement ?? ((text) => text);
    this.network.rewrite = bug?.request ?? ((request) => request);
    for (const life of this.all) await this.#end(life);
    this.time.begin(START);
    this.chance.begin(seed);
    this.random = new SeededRandom(seed);
    this.#looksAgainAt.clear();
    this.network.deliveries = [];
    this.network.secrets = [];
    this.network.refreshes.begin();
    this.sandbox.world.reset();
    await this.database.query('select sim.empty()');
    for (const role of ['api', 'worker'] as const)
      for (const [place, life] of this.lives[role].entries()) this.#begin(life, PROCESSES[role][place]!);
  }

  /** What the tools for a business and its bookkeeper need. */
  get books(): BooksWithStripe {
    const [{ app } = this.lives.api[0]!] = this.lives.api;
    return {
      database: this.database,
      qbo: { url: this.sandbox.url } as BooksWithStripe['qbo'],
      control: this.control,
      stripe: this.#stripe,
      app: { app: inNamedOrganisation(app), url: PRODUCT_URL, [Symbol.asyncDispose]: async () => {} },
      [Symbol.asyncDispose]: async () => {},
    };
  }

  get all(): SimulatedProcess[] {
    return [...this.lives.api, ...this.lives.worker];
  }

  processes(role: Role): SimulatedProcess[] {
    return this.lives[role].filter(({ actor }) => actor?.isAlive);
  }

  /** Kills a process at this instant, and starts it again. */
  async kill(life: SimulatedProcess): Promise<void> {
    const name = life.actor!.name;
    this.scheduler.note(`${name} is killed`);
    await this.#end(life);
    await this.scheduler.unlock();
    this.#begin(life, name);
  }

  /** Jobs that some process could begin now, and when the next one could be. */
  async lookForJobs(): Promise<{ due: Job[]; nextAt: number | null }> {
    if (this.store.isChanged) {
      this.store.isChanged = false;
      const rows = await this.database.query<{ name: QueueName; at: number }>(
        `select name, min(extract(epoch from start_after) * 1000)::float8 as at from pgboss.job
          where state < 'active' and not blocked group by name order by name`,
      );
      this.#jobs = rows;
    }
    const jobs = this.#jobs.map(({ name, at }) => ({
      name,
      at: Math.max(at, this.#looksAgainAt.get(name) ?? 0),
    }));
    const due = jobs.filter(({ at }) => at <= this.time.now);
    const later = jobs.filter(({ at }) => at > this.time.now).map(({ at }) => at);
    return { due, nextAt: later.length === 0 ? null : Math.min(...later) };
  }

  /** A process takes one job of a queue and does it. */
  takeJob(life: SimulatedProcess, name: QueueName): void {
    this.store.isChanged = true;
    void actAs(life.actor!, () =>
      life.jobs.take(name, () => this.#looksAgainAt.set(name, this.time.now + LOOK_MS)),
    ).catch(() => {});
  }

  /** What runs by the clock, in one process that runs jobs; and the queue gives up jobs whose worker is silent. */
  async tick(life: SimulatedProcess): Promise<void> {
    await this.#superviseQueue();
    const timers = Reflect.get(life.app.get(TimetableService), 'timers') as Timers;
    void actAs(life.actor!, async () => {
      await life.app.get(InvoicePollerService).run();
      for (const name of ['enqueue-due', 'fetch-missed-events'])
        await timers
          .get(name)!
          .run()
          .catch(() => {});
    });
  }

  /** As the queue's own supervision does: a job whose worker has not been heard of is another's, or has failed. */
  async #superviseQueue(): Promise<void> {
    const alive = this.processes('worker').flatMap(({ jobs }) => [...jobs.running.keys()]);
    await this.database.query(
      `update pgboss.job set heartbeat_on = $2 where state = 'active' and id = any($1)`,
      [alive, new Date(this.time.now)],
    );
    const [silent] = await this.database.query(
      `select from pgboss.job where state = 'active' and heartbeat_on < $1::timestamptz - interval '10 seconds'`,
      [new Date(this.time.now)],
    );
    if (!silent) return;
    const [{ jobs } = this.lives.worker[0]!] = this.processes('worker');
    const wasRunning = this.scheduler.isRunning;
    this.scheduler.isRunning = false;
    await jobs.queue.supervise();
    this.scheduler.isRunning = wasRunning;
    this.store.isChanged = true;
  }

  async #toProduct(request: VendorRequest): Promise<Reply> {
    const [life] = this.processes('api');
    if (!life) throw failure('ECONNREFUSED');
    const { actor, app } = life;
    // It is sent when it is awaited, so that is done as the process, too.
    const answer = actAs(actor!, async () => app.inject(injected(request)));
    return replyOf(await Promise.race([answer, actor!.death]));
  }

  async #start(role: Role): Promise<SimulatedProcess> {
    const life = await startSimulatedProcess(this.database.url, environmentOf(role, this.sandbox.url));
    await this.store.hold(life.dataSource, CONNECTIONS);
    return life;
  }

  async #end(life: SimulatedProcess): Promise<void> {
    const { actor } = life;
    if (!actor) return;
    actor.die();
    this.scheduler.drop(actor);
    await this.store.rollBack(life.dataSource);
    life.jobs.running.clear();
    this.store.isChanged = true;
  }

  #begin(life: SimulatedProcess, name: string): void {
    life.forget();
    this.store.order(life.dataSource);
    this.#bug?.process?.(life);
    life.actor = new Actor(name);
  }
}
