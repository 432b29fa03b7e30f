import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';

export const faultKinds = ['500', '503_html', '429', 'timeout', 'reset', 'slow'] as const;
export type FaultKind = (typeof faultKinds)[number];

/**
 * A planned failure of the token endpoint. `before` leaves no trace; `after` does the work and loses the
 * answer.
 */
export interface Fault {
  kind: FaultKind;
  when: 'before' | 'after';
  /** How many calls it still spoils. */
  times: number;
  /** For `slow`: before answering. For `timeout`: before the connection is cut. */
  delayMs: number;
}

/** The planned failures, spent in the order they were planned. */
export class Faults {
  #planned: Fault[] = [];

  plan(fault: Fault): void {
    this.#planned.push({ ...fault });
  }

  clear(): void {
    this.#planned = [];
  }

  list(): readonly Fault[] {
    return this.#planned;
  }

  /** The fault for this call, or null; spends one of its times. */
  take(): Fault | null {
    const fault = this.#planned[0];
    if (!fault) return null;
    fault.times -= 1;
    if (fault.times <= 0) this.#planned.shift();
    return { ...fault };
  }
}

const maintenancePage =
  '<html><head><title>503 Service Temporarily Unavailable</title></head>' +
  '<body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>';

/** Spoils the answer as planned. Not for `slow`, whose answer is right and only late. */
export async function sendFault(fault: Fault, reply: FastifyReply): Promise<void> {
  switch (fault.kind) {
    case 'slow':
      return;
    case '500':
      await reply.code(500).send({ error: 'server_error' });
      return;
    case '429':
      await reply.code(429).send({ error: 'too_many_requests' });
      return;
    case '503_html':
      await reply.code(503).type('text/html').send(maintenancePage);
      return;
    case 'timeout':
      reply.hijack();
      await delay(fault.delayMs, undefined, { ref: false });
      reply.raw.socket?.destroy();
      return;
    case 'reset':
      reply.hijack();
      reply.raw.socket?.resetAndDestroy();
  }
}

/** Waits as long as a `slow` fault asks; returns at once for any other. */
export async function delayIfSlow(fault: Fault | null): Promise<void> {
  if (fault?.kind === 'slow') await delay(fault.delayMs, undefined, { ref: false });
}
