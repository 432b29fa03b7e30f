import { Readable } from 'node:stream';

const ASK_EVERY_MS = 300;
const HEARTBEAT_EVERY_MS = 15_000;

/**
 * Progress as server-sent events. Promise: it begins with how things stand, tells each change once, and ends after the
 * one that says `done`, or when `current` answers null; a comment in between keeps proxies from taking silence for the
 * end. Whoever reads no more, or `close`, ends it.
 */
export class ProgressStream<T extends { status: string }> extends Readable {
  #notified: string | undefined;
  #quietSince = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #begun = false;

  readonly #current: () => Promise<T | null>;
  readonly #rhythm: { askMs: number; heartbeatMs: number };

  constructor(
    current: () => Promise<T | null>,
    rhythm = { askMs: ASK_EVERY_MS, heartbeatMs: HEARTBEAT_EVERY_MS },
  ) {
    super({ encoding: 'utf8' });
    this.#current = current;
    this.#rhythm = rhythm;
  }

  /** Ends it before it is done; the reader may open another. */
  close(): void {
    clearTimeout(this.#timer);
    if (!this.destroyed && !this.readableEnded) this.push(null);
  }

  override _read(): void {
    if (this.#begun) return;
    this.#begun = true;
    void this.#tell();
  }

  override _destroy(error: Error | null, over: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    over(error);
  }

  async #tell(): Promise<void> {
    try {
      const progress = await this.#current();
      if (this.destroyed || this.readableEnded) return;
      if (progress === null) return this.close();
      this.#write(progress);
      if (progress.status === 'done') this.push(null);
      else this.#timer = setTimeout(() => void this.#tell(), this.#rhythm.askMs);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #write(progress: T): void {
    const data = JSON.stringify(progress);
    const changed = data !== this.#notified;
    if (!changed && performance.now() - this.#quietSince < this.#rhythm.heartbeatMs) return;
    this.#notified = data;
    this.#quietSince = performance.now();
    const name = progress.status === 'done' ? 'done' : 'progress';
    this.push(changed ? `event: ${name}\ndata: ${data}\n\n` : ': still there\n\n');
  }
}
