import type { Actor } from './actor.ts';

interface UnderWay {
  actor: Actor;
  /** Simulated epoch milliseconds. */
  since: number;
}

/**
 * Counts calls that were begun while another was under way, from when a process asks until it has its answer. A call of
 * a process that died is over. So is one of a process that froze meanwhile: it holds nothing any more by which it could
 * keep another from it.
 */
export class CallOverlaps {
  count = 0;
  #underWay: UnderWay[] = [];

  begin(): void {
    this.count = 0;
    this.#underWay = [];
  }

  async during<T>(actor: Actor, now: number, call: () => Promise<T>): Promise<T> {
    const own = { actor, since: now };
    if (this.#underWay.some(isHeld)) this.count += 1;
    this.#underWay.push(own);
    return call().finally(() => (this.#underWay = this.#underWay.filter((other) => other !== own)));
  }
}

function isHeld({ actor, since }: UnderWay): boolean {
  return actor.isAlive && actor.frozenUntil <= since;
}
