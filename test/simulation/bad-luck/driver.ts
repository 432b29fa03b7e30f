import { GOOD_LUCK, type Luck, Misfortune } from './luck.ts';
import { LateDeliveries } from './late-deliveries.ts';
import type { Step } from './scheduler.ts';
import type { Role } from './simulated-environment.ts';
import type { SimulatedWorld } from './simulated-world.ts';

interface Choice {
  weight: number;
  take: () => Promise<void>;
}

const STEPS_MAX = 60_000;
const TICK_MS = { busy: 45_000, idle: 300_000 };
const ACTS_AT_ONCE = 2;

/** Decides what happens next in a simulated world, by its chance alone. */
export class Driver {
  #steps = 0;
  readonly #deliveries: LateDeliveries;
  readonly #misfortune: Misfortune;
  #kills = 0;
  #freezes = 0;
  #tickAt = 0;
  #ticks = 0;
  #acts: (() => Promise<unknown>)[] = [];
  #acting = 0;

  constructor(
    private readonly world: SimulatedWorld,
    private luck: Luck,
    /** Called after each decision. */
    private readonly inspect: () => void = () => {},
  ) {
    this.#tickAt = world.time.now;
    this.#deliveries = new LateDeliveries(world);
    this.#misfortune = new Misfortune(world.random, () => this.luck);
  }

  /** Has all this done, in this order, up to two at once, with what goes wrong meanwhile. */
  async play(acts: readonly (() => Promise<unknown>)[]): Promise<void> {
    this.#acts = [...acts];
    while (this.#acts.length > 0 || this.#acting > 0) await this.#step();
  }

  /** Lets what was set going go on for so long, with what goes wrong meanwhile. */
  async endure(forMs: number): Promise<void> {
    const until = this.world.time.now + forMs;
    while (this.world.time.now < until) await this.#step();
  }

  /**
   * Nothing goes wrong by chance any more: only the one call that this tale has it in for may be yet to come. Answers
   * once `isOver` holds, at the latest after so long.
   */
  async heal(isOver: () => Promise<boolean>, withinMs: number): Promise<void> {
    const { isOrderly, areBooksSilent, illStarred } = this.luck;
    this.luck = { ...GOOD_LUCK, isOrderly, areBooksSilent, illStarred };
    this.world.scheduler.note('from here on nothing goes wrong by chance');
    const until = this.world.time.now + withinMs;
    for (let ticks = -1; this.world.time.now < until;) {
      await this.#step();
      if (this.#ticks === ticks || this.#acting > 0) continue;
      ticks = this.#ticks;
      if (!this.#isUnderWay && (await isOver())) return;
    }
  }

  get #isUnderWay(): boolean {
    const { scheduler, network } = this.world;
    return scheduler.waiting.length > 0 || network.deliveries.length > 0;
  }

  async #step(): Promise<void> {
    const { scheduler, random } = this.world;
    await scheduler.quiet();
    this.#steps += 1;
    if (this.#steps > STEPS_MAX) throw new Error('The story does not come to an end.');
    const choices = await this.#choices();
    const total = choices.reduce((sum, { weight }) => sum + weight, 0);
    let left = random.next() * total;
    const chosen = choices.find(({ weight }) => (left -= weight) < 0) ?? choices.at(-1)!;
    await chosen.take();
    this.inspect();
  }

  async #choices(): Promise<Choice[]> {
    const { scheduler, network, time } = this.world;
    const waiting = scheduler.waiting.filter(({ actor }) => actor.frozenUntil <= time.now);
    const steps = (this.luck.isOrderly ? waiting.slice(0, 1) : waiting).map((step) => ({
      weight: 10,
      take: () => this.#grant(step),
    }));
    const deliveries = network.deliveries
      .filter(({ at }) => at <= time.now)
      .map((delivery) => ({ weight: 6, take: () => this.#deliveries.deliver(delivery, this.luck) }));
    const jobs = await this.#jobChoices();
    const acts =
      this.#acts.length > 0 && this.#acting < ACTS_AT_ONCE
        ? [{ weight: 3, take: async () => this.#act() }]
        : [];
    const enabled = [...steps, ...deliveries, ...jobs, ...acts];
    const passing = { weight: enabled.length === 0 ? 1 : 0.2, take: () => this.#passTime() };
    return [...enabled, passing, ...this.#misfortunes()];
  }

  async #jobChoices(): Promise<Choice[]> {
    const { due } = await this.world.lookForJobs();
    return this.world
      .processes('worker')
      .flatMap((life) =>
        life.actor!.frozenUntil > this.world.time.now
          ? []
          : due
              .filter(({ name }) => life.jobs.hasPlace(name))
              .map(({ name }) => ({ weight: 4, take: async () => this.world.takeJob(life, name) })),
      );
  }

  #misfortunes(): Choice[] {
    const kill = (role: Role, weight: number): Choice[] =>
      this.#kills < this.luck.killsMax
        ? this.world.processes(role).map((life) => ({
            weight,
            take: async () => {
              this.#kills += 1;
              await this.world.kill(life);
            },
          }))
        : [];
    const freeze =
      this.#freezes < this.luck.freezesMax
        ? this.world
            .processes('worker')
            .filter(({ dataSource }) => !this.world.store.hasTransaction(dataSource))
            .map(({ actor }) => ({
              weight: 0.02,
              take: async () => {
                this.#freezes += 1;
                actor!.frozenUntil = this.world.time.now + this.world.random.between(5_000, 60_000);
                this.world.scheduler.note(`${actor!.name} freezes`);
              },
            }))
        : [];
    return [...kill('worker', 0.04), ...kill('api', 0.02), ...freeze];
  }

  #act(): void {
    const act = this.#acts.shift()!;
    this.#acting += 1;
    this.world.scheduler.note('an act begins');
    void act().finally(() => (this.#acting -= 1));
  }

  async #grant(step: Step): Promise<void> {
    const end = this.#misfortune.endOf(step);
    if (end !== 'asker killed')
      return this.world.scheduler.grant(step, end ?? this.#misfortune.faultOf(step));
    await this.world.scheduler.grant(step, null);
    const asker = this.world.all.find(({ actor }) => actor === step.actor);
    if (asker) await this.world.kill(asker);
  }

  /** To the next instant at which something can happen by itself. */
  async #passTime(): Promise<void> {
    const { time, network } = this.world;
    const { nextAt } = await this.world.lookForJobs();
    const deliveries = network.deliveries.map(({ at }) => at).filter((at) => at > time.now);
    const frozen = this.world.processes('worker').map(({ actor }) => actor!.frozenUntil);
    const instants = [
      time.nextAt(),
      nextAt,
      ...deliveries,
      ...frozen.filter((at) => at > time.now),
      this.#tickAt,
    ];
    const next = Math.min(...instants.filter((at) => at !== null));
    const before = time.now;
    time.moveTo(next);
    if (time.now > before) this.world.scheduler.note(`${time.now - before} ms pass`);
    if (time.now >= this.#tickAt) await this.#tick();
  }

  async #tick(): Promise<void> {
    const { random, time } = this.world;
    const workers = this.world.processes('worker').filter(({ actor }) => actor!.frozenUntil <= time.now);
    const isIdle = !this.#isUnderWay && this.#acts.length === 0;
    this.#tickAt = time.now + (isIdle ? TICK_MS.idle : TICK_MS.busy);
    this.#ticks += 1;
    if (workers.length > 0) await this.world.tick(workers[random.between(0, workers.length - 1)]!);
  }
}
