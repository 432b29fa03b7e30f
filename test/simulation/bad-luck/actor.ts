import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * One life of a process: from its start until it is killed. What it has begun and not finished when it dies never goes
 * on; its next life is another actor, which remembers nothing.
 */
export class Actor {
  isAlive = true;
  /** Simulated epoch milliseconds; before it nothing of this process goes on. */
  frozenUntil = 0;

  /** Rejects when it dies, as a connection to it ends. */
  readonly death: Promise<never>;
  #die: (reason: Error) => void = () => {};

  constructor(readonly name: string) {
    this.death = new Promise<never>((_resolve, reject) => (this.#die = reject));
    this.death.catch(() => {}); // nobody may be waiting for it
  }

  die(): void {
    this.isAlive = false;
    this.#die(Object.assign(new Error('simulated: the process was killed'), { code: 'ECONNRESET' }));
  }
}

const actors = new AsyncLocalStorage<Actor>();

/** Who does what is done now; undefined for the simulation itself. */
export function currentActor(): Actor | undefined {
  return actors.getStore();
}

export function actAs<T>(actor: Actor, work: () => T): T {
  return actors.run(actor, work);
}

/** Work of the simulation itself, of which nothing fails and nothing waits. */
export function actAsNobody<T>(work: () => T): T {
  return actors.exit(work);
}

/** What a dead process waits for: it never comes. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}
