import { createHash } from 'node:crypto';
import { type Actor, never } from './actor.ts';
import { realPause } from './simulated-time.ts';

/** What goes wrong with one step of IO. */
export type Fault =
  | 'request lost'
  | 'request late'
  | 'answer lost'
  | 'answer late'
  | 'not reached'
  | 'unavailable'
  | 'throttled'
  | 'store refuses'
  | 'commit unheard';

/** A step of IO that somebody waits for: nothing of it happens before it is granted. */
export interface Step {
  readonly actor: Actor;
  readonly kind: 'statement' | 'call';
  /** What it does, without any id. */
  readonly label: string;
  /** Does it; answers how its outcome reaches who waits for it. */
  perform(fault: Fault | null): Promise<() => void>;
  /** Whether PostgreSQL keeps it waiting for a lock. */
  isLocked?(): Promise<boolean>;
  cancel?(): Promise<void>;
}

interface Running {
  step: Step;
  done: Promise<void>;
  deliver: (() => void) | null;
  text: string;
}

/** An answer that takes longer is asked after. */
const LOOK_MS = 10;
const DEADLOCK_MS = 40;
/** What is set going has asked for its next step within so many turns of the event loop. */
const QUIET_AFTER = 2;
const TURNS_MAX = 100_000;

/**
 * Grants the steps of IO of all processes one at a time, and writes down in which order. Promise: between two steps
 * nothing of the product runs that the first did not set going, so that the order of steps is all there is to decide.
 */
export class Scheduler {
  isRunning = false;
  /** Whether something is under way that is no step. */
  isBusy: () => boolean = () => false;
  readonly trace: string[] = [];
  #waiting: Step[] = [];
  #locked: Running[] = [];

  /** Steps that may be granted now, in the order in which they were asked for. */
  get waiting(): readonly Step[] {
    return this.#waiting;
  }

  get lockedCount(): number {
    return this.#locked.length;
  }

  begin(): void {
    this.#waiting = [];
    this.#locked = [];
    this.trace.length = 0;
    this.isRunning = true;
  }

  /** Answers once the step was granted and done; never to somebody who died meanwhile. */
  ask<T>(step: Omit<Step, 'perform'> & { perform(fault: Fault | null): Promise<T> }): Promise<T> {
    if (!step.actor.isAlive) return never<T>();
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        ...step,
        perform: (fault) =>
          step.perform(fault).then(
            (value) => () => resolve(value),
            (error: Error) => () => reject(error),
          ),
      });
    });
  }

  note(text: string): void {
    this.trace.push(text);
  }

  /** The same for two runs that made the same decisions. */
  get hash(): string {
    return createHash('sha256').update(this.trace.join('\n')).digest('hex').slice(0, 16);
  }

  async grant(step: Step, fault: Fault | null): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== step);
    const text = `${step.actor.name}: ${step.label}${fault ? ` [${fault}]` : ''}`;
    const running: Running = { step, done: Promise.resolve(), deliver: null, text };
    running.done = step.perform(fault).then((deliver) => void (running.deliver = deliver));
    if (await this.#isOver(running)) this.#end(running);
    else {
      this.note(`${text} waits for a lock`);
      this.#locked.push(running);
      if (this.#locked.length > 1) await realPause(DEADLOCK_MS);
    }
    await this.quiet();
    await this.#unlock();
  }

  /** Of what a dead process waited for nothing happens; what it did to the database is taken back by the caller. */
  async drop(actor: Actor): Promise<void> {
    this.#waiting = this.#waiting.filter((step) => step.actor !== actor);
    const locked = this.#locked.filter(({ step }) => step.actor === actor);
    this.#locked = this.#locked.filter(({ step }) => step.actor !== actor);
    for (const { step } of locked) await step.cancel?.();
    for (const running of locked) await this.#isOver(running);
  }

  /** After locks were let go of: those who waited for them go on. */
  async unlock(): Promise<void> {
    await this.quiet();
    await this.#unlock();
  }

  async #unlock(): Promise<void> {
    for (let went = true; went && this.#locked.length > 0;) {
      went = false;
      for (const running of this.#locked) {
        if ((await running.step.isLocked?.()) || !(await this.#isOver(running))) continue;
        this.#locked = this.#locked.filter((other) => other !== running);
        this.#end(running);
        await this.quiet(); // before the next one goes on, or the real time that each took would decide their order
        went = true;
        break;
      }
    }
  }

  /** Until everything that was set going waits for a step again. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_AFTER || this.isBusy(); turns += 1) {
      if (turns > TURNS_MAX) throw new Error('A vendor does not answer by itself.');
      await new Promise<void>((over) => setImmediate(over));
    }
  }

  #end({ step, deliver, text }: Running): void {
    this.note(text);
    if (step.actor.isAlive) deliver!();
  }

  async #isOver(running: Running): Promise<boolean> {
    for (;;) {
      await Promise.race([running.done, realPause(LOOK_MS)]);
      if (running.deliver) return true;
      if (await running.step.isLocked?.()) return running.deliver !== null;
    }
  }
}
