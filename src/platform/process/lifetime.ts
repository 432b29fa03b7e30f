/** The end of a process that was asked to end while it was still starting. */
class StartInterrupted extends Error {}

/** From the signal to the exit at most. Orchestrators kill after 30 s, the compose file after 20 s. */
const STOP_LIMIT_MS = 14_800;
/** The same where the process is still starting: an embedded PostgreSQL must be up before it can be stopped. */
const START_LIMIT_MS = 60_000;

/**
 * From the first signal handler to the last thing released. Create it before anything is acquired: a SIGTERM or Ctrl-C
 * that comes during the start ends the start at its next step, and what was acquired until then is released, the newest
 * first. An error that nothing caught ends the process the same way, with exit code 1.
 */
export class Lifetime {
  private readonly releases: (() => Promise<void>)[] = [];
  private readonly ending = new AbortController();
  private readonly asked = Promise.withResolvers<void>();
  private hasBegun = false;
  private hasStarted = false;
  private exitCode = 0;
  private report: (uncaught: unknown) => void = writeStack;

  constructor() {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => this.end(signal));
    process.on('uncaughtException', (error) => this.fail(error));
  }

  /** Aborts when the process is to end; its reason is the name of the signal, or `uncaughtException`. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** To be called right after something was acquired. Throws where the process is to end meanwhile. */
  acquired(release: () => Promise<void>): void {
    this.releases.push(release);
    this.checkpoint();
  }

  /** Throws where the process is to end. */
  checkpoint(): void {
    if (this.signal.aborted) throw new StartInterrupted();
  }

  /** From now on `report` tells of an error that nothing caught. Node itself would show all that is in it. */
  reportBy(report: (uncaught: unknown) => void): void {
    this.report = report;
  }

  /**
   * Starts, waits for the signal to end, releases. Answers the exit code. Throws what the start threw, after releasing,
   * unless the process was asked to end meanwhile.
   */
  async run(start: (lifetime: Lifetime) => Promise<void>): Promise<number> {
    this.hasBegun = true;
    try {
      await start(this);
      this.hasStarted = true;
      await this.asked.promise;
    } catch (error) {
      await this.releaseAll().catch(() => {});
      if (!this.signal.aborted) throw error;
    }
    await this.releaseAll();
    return this.exitCode;
  }

  private fail(error: unknown): void {
    this.exitCode = 1;
    this.report(error);
    this.end('uncaughtException');
  }

  private end(reason: NodeJS.Signals | 'uncaughtException'): void {
    if (this.signal.aborted) return;
    this.ending.abort(reason);
    if (!this.hasBegun) process.exit(this.exitCode);
    this.asked.resolve();
    setTimeout(() => process.exit(1), this.hasStarted ? STOP_LIMIT_MS : START_LIMIT_MS).unref();
  }

  private async releaseAll(): Promise<void> {
    for (let release = this.releases.pop(); release; release = this.releases.pop()) await release();
  }
}

function writeStack(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
}
