import type { FastifyReply } from 'fastify';
import type { ApiResponse } from './api-response.ts';

/** Writes a response in full, in half or not at all. Keeps the hanging requests, to end them at shutdown. */
export class ResponseWriter {
  readonly #hanging = new Set<() => void>();

  send(reply: FastifyReply, answer: ApiResponse): FastifyReply {
    return reply.code(answer.status).type(answer.contentType).send(answer.payload);
  }

  /** Promises the whole answer, sends half of it, cuts the writer. */
  sendTruncated(reply: FastifyReply, answer: ApiResponse): FastifyReply {
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

  reset(reply: FastifyReply): FastifyReply {
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }

  /** Says nothing until the client gives up, or for `holdMs`, then cuts the writer. */
  async hang(reply: FastifyReply, holdMs: number | undefined): Promise<FastifyReply> {
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
    for (const release of this.#hanging) release();
  }

  async #pause(reply: FastifyReply, ms: number | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => release(), ms);
      const release = (): void => {
        clearTimeout(timer);
        this.#hanging.delete(release);
        resolve();
      };
      this.#hanging.add(release);
      reply.raw.once('close', release);
    });
  }
}
