import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool, type QueryResultRow } from 'pg';
import { eventually } from '../../bench/harness/clock.ts';
import { ROOT } from '../../bench/harness/root.ts';

const UP_WITHIN_MS = 30_000;

/** Servers that were started again after a crash: nobody else ends them where a run is ended in the middle. */
const restarted = new Set<ChildProcess>();
process.once('exit', () => {
  for (const server of restarted) server.kill('SIGQUIT');
});

/** As much of the built product's own start of an embedded PostgreSQL as is used here. */
interface Embedded {
  startEmbeddedPostgres: (
    folder: string,
  ) => Promise<{ url(database: string): string; appUrl(database: string): string; stop(): Promise<void> }>;
}

/** A PostgreSQL of the run's own, as durable as it is by default, that can be restarted under its users. */
export class ChaosPostgres {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly #folder: string;
  readonly #stop: () => Promise<void>;
  /** Over when the last crash is. */
  #crashed: Promise<void> = Promise.resolve();
  readonly #pool: Pool;

  private constructor(folder: string, urls: { owner: string; app: string }, stop: () => Promise<void>) {
    this.#folder = folder;
    this.#stop = stop;
    this.ownerUrl = urls.owner;
    this.appUrl = urls.app;
    this.#pool = new Pool({ connectionString: urls.owner, max: 4 });
    this.#pool.on('error', () => {}); // its connections are cut with the others
  }

  static async start(): Promise<ChaosPostgres> {
    const built = join(ROOT, 'dist/src/platform/database/embedded/embedded-postgres.js');
    const { startEmbeddedPostgres } = (await import(built)) as Embedded;
    const folder = await mkdtemp(join(tmpdir(), 'crm-chaos-'));
    await chmod(folder, 0o755); // the account of the server enters it when it is started again
    const server = await startEmbeddedPostgres(folder);
    const urls = { owner: server.url('postgres'), app: server.appUrl('postgres') };
    return new ChaosPostgres(folder, urls, () => server.stop());
  }

  /** As the owner of the tables, who sees all rows. Asked again while the server is away. */
  async query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
    return eventually(async () => (await this.#pool.query<Row>(sql, values)).rows, UP_WITHIN_MS, 200);
  }

  /** Ends every connection but those of the run itself, in the middle of whatever they do. */
  async cutConnections(): Promise<void> {
    await this.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where usename <> current_user and backend_type = 'client backend'`,
    );
  }

  /**
   * Stops at once, without a checkpoint, stays away for so long, and starts again on its port: a crash. One that is due
   * while another is not over follows it: what is down cannot crash.
   */
  async crash(awayMs: number): Promise<void> {
    this.#crashed = this.#crashed.then(() => this.#crashOnce(awayMs));
    return this.#crashed;
  }

  async #crashOnce(awayMs: number): Promise<void> {
    const cluster = join(this.#folder, 'postgres');
    const [pid] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
    const command = await readFile(join(cluster, 'postmaster.opts'), 'utf8');
    const [program, ...args] = command.split(/ (?=")/).map((part) => part.trim().replaceAll('"', ''));
    process.kill(Number(pid), 'SIGQUIT');
    await eventually(() => {
      if (isAlive(Number(pid))) throw new Error('PostgreSQL does not stop');
    }, UP_WITHIN_MS);
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    const { uid, gid } = await stat(cluster);
    const server = spawn(program!, args, {
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
      cwd: '/',
      env: { LC_ALL: 'C' },
      detached: true,
      stdio: 'ignore',
    });
    restarted.add(server.once('exit', () => restarted.delete(server)));
    server.unref();
    await this.query('select 1');
  }

  async stop(): Promise<void> {
    await this.#pool.end();
    await this.#stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
