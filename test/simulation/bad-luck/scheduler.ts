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
  /** Does it; answers how its outcome reaches who waits for it, and null where it was taken back. */
  perform(fault: Fault | null): Promise<(() => void) | null>;
  /** Takes it back where it waits for a lock; false where it does not. */
  takeBackIfLocked?(): Promise<boolean>;
  /** Of what was taken back: whether it may be tried again. */
  mayGoOn?(): boolean;
}

/** What a step answers that has to be tried again. */
export const TAKEN_BACK = Symbol('taken back');

interface Granted {
  step: Step;
  fault: Fault | null;
}

/** An answer that takes longer is asked after. */
const LOOK_MS = 10;
/** What is set going has asked for its next step within so many turns of the event loop. */
const QUIET_AFTER = 6;
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
  #locked: Granted[] = [];

  /** Steps that may be granted now, in the order in which they were asked for. */
  get waiting(): readonly Step[] {
    return this.#waiting;
  }

  begin(): void {
    this.#waiting = [];
    this.#locked = [];
    this.trace.length = 0;
    this.isRunning = true;
  }

  /** Answers once the step was granted and done; never to somebody who died meanwhile. */
  ask<T>(
    step: Omit<Step, 'perform'> & { perform(fault: Fault | null): Promise<T | typeof TAKEN_BACK> },
  ): Promise<T> {
    if (!step.actor.isAlive) return never<T>();
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        ...step,
        perform: (fault) =>
          step.perform(fault).then(
            (value) => (value === TAKEN_BACK ? null : () => resolve(value)),
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
    if (!(await this.#execute({ step, fault }))) {
      this.note(`${textOf({ step, fault })} waits for a lock`);
      this.#locked.push({ step, fault });
    }
    await this.unlock();
  }

  /** Of what a dead process waited for nothing happens; what it did to the database is taken back by the caller. */
  drop(actor: Actor): void {
    this.#waiting = this.#waiting.filter((step) => step.actor !== actor);
    this.#locked = this.#locked.filter(({ step }) => step.actor !== actor);
  }

  /** After locks were let go of: those who waited for them go on, in the order in which they came. */
  async unlock(): Promise<void> {
    await this.quiet();
    for (let next = this.#nextToGoOn(); next !== undefined; next = this.#nextToGoOn()) {
      if (await this.#execute(next)) this.#locked = this.#locked.filter((other) => other !== next);
      await this.quiet();
    }
  }

  #nextToGoOn(): Granted | undefined {
    return this.#locked.find(({ step }) => step.mayGoOn!());
  }

  /** Until everything that was set going waits for a step again. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_AFTER || this.isBusy(); turns += 1) {
      if (turns > TURNS_MAX) throw new Error('A vendor does not answer by itself.');
      await new Promise<void>((over) => setImmediate(over));
    }
  }

  /** Does a step; false where it was taken back. */
  async #execute(granted: Granted): Promise<boolean> {
    const { step, fault } = granted;
    const done = step.perform(fault);
    let deliver = await Promise.race([done, realPause(LOOK_MS)]);
    while (deliver === undefined) {
      deliver = await ((await step.takeBackIfLocked?.()) ? done : Promise.race([done, realPause(LOOK_MS)]));
    }
    if (deliver === null) return false;
    this.note(textOf(granted));
    if (step.actor.isAlive) deliver();
    return true;
  }
}

function textOf({ step, fault }: Granted): string {
  return `${step.actor.name}: ${step.label}${fault ? ` [${fault}]` : ''}`;
}
