import { readable } from './figures.ts';
import type { Program } from './program.ts';
import type { Stage } from './stage.ts';
import type { Look } from './trend.ts';
import { rssMb } from './usage.ts';

/** What may not grow, and the sizes that explain it. */
interface Counts extends Record<string, number> {
  jobs: number;
  waiting: number;
  unfinished: number;
  dead: number;
  connections: number;
  databaseMb: number;
}

const COUNTS = `
  select (select count(*) from pgboss.job)::int as jobs,
         (select count(*) from pgboss.job where state < 'active' and start_after <= now())::int as waiting,
         (select count(*) from stripe_events where state = 'pending')::int
           + (select count(*) from qbo_events where state = 'pending')::int
           + (select count(*) from sync_operations where state in ('ready', 'sent', 'uncertain', 'waiting'))::int
           as unfinished,
         (select sum(n_dead_tup) from pg_stat_user_tables)::int as dead,
         (select count(*) from pg_stat_activity
           where datname = current_database() and backend_type = 'client backend')::int as connections,
         (pg_database_size(current_database()) / 1e6)::float8 as "databaseMb"`;

const LARGEST = `
  select relid::regclass::text as name, (pg_total_relation_size(relid) / 1e6)::float8 as mb, n_live_tup::int as rows,
         n_dead_tup::int as dead
    from pg_stat_user_tables order by 2 desc limit 8`;

export interface TableSize {
  name: string;
  mb: number;
  rows: number;
  dead: number;
}

/** Everything looked at so far, by name. */
export class SoakLooks {
  readonly #looks = new Map<string, Look[]>();
  readonly #stage: Stage;
  readonly #programs: Record<string, Program>;
  readonly #startedAt = performance.now();

  constructor(stage: Stage, programs: Record<string, Program>) {
    this.#stage = stage;
    this.#programs = programs;
  }

  async look(): Promise<void> {
    const at = (performance.now() - this.#startedAt) / 1000;
    const [counts] = await this.#stage.database.query<Counts>(COUNTS);
    for (const [name, value] of Object.entries(counts!)) this.#add(name, { at, value });
    for (const [name, { pid }] of Object.entries(this.#programs)) {
      const value = rssMb(pid);
      if (value !== null) this.#add(name, { at, value });
    }
  }

  of(name: string): readonly Look[] {
    return this.#looks.get(name) ?? [];
  }

  /** The latest look, in one line. */
  latest(): string {
    const all = [...this.#looks].map(([name, looks]) => `${name} ${readable(looks.at(-1)!.value)}`);
    return `${Math.round((performance.now() - this.#startedAt) / 1000)} s: ${all.join(', ')}`;
  }

  /** Of the tables of the product and the queue, the largest first. */
  async tables(): Promise<TableSize[]> {
    return this.#stage.database.query<TableSize & Record<string, unknown>>(LARGEST);
  }

  #add(name: string, look: Look): void {
    this.#looks.set(name, [...(this.#looks.get(name) ?? []), look]);
  }
}
