import type { FastifyReply } from 'fastify';
import type { Answer } from './answer.ts';

/** The wire to one client: says an answer whole, in half or not at all. Knows which requests hang, to let go of them at the end. */
export class Line {
  readonly #held = new Set<() => void>();

  say(reply: FastifyReply, answer: Answer): FastifyReply {
    return reply.code(answer.status).type(answer.contentType).send(answer.payload);
  }

  /** Promises the whole answer, sends half of it, cuts the line. */
  sayHalf(reply: FastifyReply, answer: Answer): FastifyReply {
    const whole = Buffer.from(answer.payload);
    reply.hijack();
    reply.raw.writeHead(answer.status, {
      intuit_tid: String(reply.getHeader('intuit_tid')),
      'content-type': answer.contentType,
      'content-length': whole.length,
    });
    reply.raw.write(whole.subarray(0, Math.ceil(whole.length / 2)), () => reply.raw.destroy());
    return reply;
  }

  cut(reply: FastifyReply): FastifyReply {
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }

  /** Says nothing until the client gives up, or for `holdMs`, then cuts the line. */
  async hold(reply: FastifyReply, holdMs: number | undefined): Promise<FastifyReply> {
    reply.hijack();
    await this.#pause(reply, holdMs);
    reply.raw.destroy();
    return reply;
  }

  /** Waits before an answer; ends early when the client gives up. */
  async delay(reply: FastifyReply, ms: number): Promise<void> {
    await this.#pause(reply, ms);
  }

  /** Lets go of every request still held. */
  release(): void {
    for (const release of this.#held) release();
  }

  async #pause(reply: FastifyReply, ms: number | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => release(), ms);
      const release = (): void => {
        clearTimeout(timer);
        this.#held.delete(release);
        resolve();
      };
      this.#held.add(release);
      reply.raw.once('close', release);
    });
  }
}
