import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { QUEUE_NAMES } from '../../jobs/queue/queue-rules.js';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { SQLSTATE, sqlStateOf } from '../../platform/database/failures/sqlstate.js';
import { Clock } from '../../platform/time/clock.js';
import { forecastOf, monthOf } from '../../platform/time/month-forecast.js';
import { ANSWERED_DIRECTLY } from '../operations/operation-payloads.js';
import { supersededSql } from '../operations/rows/superseded-sql.js';
import { BooksFiguresRepository } from './books-figures.repository.js';
import { type Fact, type GaugeName, type GaugePart, ORGS_SHOWN_MAX, SHOWN_ORG } from './gauges.js';
import { MarginFiguresRepository } from './margin-figures.repository.js';
import { PeriodFiguresRepository } from './period-figures.repository.js';
import { openOperationSql, STATES_BEFORE_DONE, stoppedSql } from '../operations/operation-state.js';
import { after } from '../../platform/time/after.js';

const STATEMENT_LIMIT_MS = 2_000;
const NEW_ORG_MS = 3_600_000;

const CONNECTION_STATES = ['connected', 'needs_reauth', 'disconnected'];

/**
 * A failure that its caller was answered with: no person is asked about it. A change of a customer in a foreign
 * currency has nobody who waits for the answer, and stands in the inbox.
 */
const ANSWERED = `(${stoppedSql()} and kind = any($2) and not o.payload ? 'patch')`;

/** What was read of a part of the gauges; no facts where its statements took too long. */
export interface FactsPart {
  name: GaugePart;
  facts: Fact[] | null;
  error: unknown;
}

interface Counted {
  count: number;
  age: number;
}

/** Reads what the gauges show, in a few statements that give up after two seconds each. */
@Injectable()
export class DatabaseMetricsRepository {
  private readonly intervalSeconds: number;
  private readonly readBudget: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly periodFigures: PeriodFiguresRepository,
    private readonly booksFigures: BooksFiguresRepository,
    private readonly marginFigures: MarginFiguresRepository,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.intervalSeconds = config.qbo.pollIntervalMinutes * 60;
    this.readBudget = config.qbo.readBudgetPerMonth;
  }

  /**
   * Every part as of one instant. A part about invoices or money that takes too long answers no facts, and the others
   * are read all the same. Throws where the database does not answer; never keeps more than one connection.
   */
  async read(): Promise<FactsPart[]> {
    return throughDoor('overview', () =>
      this.dataSource.transaction('REPEATABLE READ', async (tx) => {
        await tx.query(`set local statement_timeout = ${STATEMENT_LIMIT_MS}`);
        const now = this.clock.now();
        return [
          { name: 'sync', facts: await this.sync(tx), error: null },
          await this.part(tx, 'invoices', (part) => this.invoices(part)),
          await this.part(tx, 'periods', (part) => this.periodFigures.read(part, now)),
          await this.part(tx, 'books', (part) => this.booksFigures.read(part, now)),
          await this.part(tx, 'margin', (part) => this.marginFigures.read(part, now)),
        ];
      }),
    );
  }

  /** What alerts ask: no statement here goes through all that there ever was. */
  private async sync(tx: EntityManager): Promise<Fact[]> {
    return [
      ...(await this.connections(tx)),
      ...(await this.polls(tx)),
      ...(await this.limits(tx)),
      ...(await this.reads(tx)),
      ...(await this.operations(tx)),
      ...(await this.jobs(tx)),
      ...(await this.inbox(tx)),
    ];
  }

  /** Within a savepoint, so that a statement that is cancelled ends its own part alone. */
  private async part(
    tx: EntityManager,
    name: GaugePart,
    read: (tx: EntityManager) => Promise<Fact[]>,
  ): Promise<FactsPart> {
    try {
      return { name, facts: await tx.transaction(read), error: null };
    } catch (error) {
      if (sqlStateOf(error) !== SQLSTATE.queryCanceled) throw error; // out of its time
      return { name, facts: null, error };
    }
  }

  /** The organisations added within the last hour, by any process. */
  async listNewlyConnected(): Promise<{ id: number; currency: string }[]> {
    const since = after(this.clock.now(), -NEW_ORG_MS);
    return throughDoor('overview', () =>
      this.dataSource.query<{ id: number; currency: string }[]>(
        `select o.id, coalesce(s.company_currency, s.currency, 'USD') as currency
           from orgs o left join org_settings s on s.org_id = o.id where o.created_at > $1`,
        [since],
      ),
    );
  }

  private async connections(tx: EntityManager): Promise<Fact[]> {
    const rows = await tx.query<{ state: string; count: number }[]>(
      'select state, count(*)::int as count from qbo_tokens group by state',
    );
    const counts = new Map(rows.map((row) => [row.state, row.count]));
    return CONNECTION_STATES.map((state) => fact('crm_qbo_connections', { state }, counts.get(state) ?? 0));
  }

  /** Of the companies that can be polled, those that have waited longest. */
  private async polls(tx: EntityManager): Promise<Fact[]> {
    const rows = await tx.query<{ org: string; age: number; planned: number | null }[]>(
      `select s.org_id::text as org,
              extract(epoch from $1 - greatest(s.last_succeeded_at, t.connected_at))::float8 as age,
              extract(epoch from s.next_sweep_at - s.last_started_at)::float8 as planned
         from qbo_sweeps s
         join qbo_tokens t on t.org_id = s.org_id and t.realm_id = s.realm_id and t.state = 'connected'
        order by age desc
        limit ${ORGS_SHOWN_MAX}`,
      [this.clock.now()],
    );
    return rows.flatMap(({ org, age, planned }) => [
      fact('crm_qbo_sweep_age_seconds', { org_id: org }, Math.max(age, 0)),
      fact('crm_qbo_sweep_interval_seconds', { org_id: org }, Math.max(planned ?? 0, this.intervalSeconds)),
    ]);
  }

  /** Of the connected companies those that QuickBooks had to slow down most, then those that it answers least. */
  private async limits(tx: EntityManager): Promise<Fact[]> {
    const rows = await tx.query<{ org: string; pace: number; calls: number }[]>(
      `select t.org_id::text as org,
              case when l.blocked_until > clock_timestamp() then 0
                   else coalesce(qbo_pace_share(l.pace_share, l.quiet_since, clock_timestamp()), 1) end as pace,
              (select count(*)::int from unnest(l.under_way) as ends
                where ends > extract(epoch from clock_timestamp()) * 1000) as calls
         from qbo_tokens t left join qbo_limits l on l.realm_id = t.realm_id
        where t.state = 'connected'
        order by pace, calls desc, t.org_id
        limit ${ORGS_SHOWN_MAX}`,
    );
    return rows.flatMap(({ org, pace, calls }) => [
      fact('crm_qbo_pace', { org_id: org }, pace),
      fact('crm_qbo_calls_under_way', { org_id: org }, calls),
    ]);
  }

  private async reads(tx: EntityManager): Promise<Fact[]> {
    const now = this.clock.now();
    const rows = await tx.query<{ org: string; reads: number }[]>(
      `select ${SHOWN_ORG} as org, sum(metered)::float8 as reads from qbo_usage where month = $1 group by 1`,
      [monthOf(now)],
    );
    const total = rows.reduce((sum, { reads }) => sum + reads, 0);
    return [
      ...rows.map(({ org, reads }) => fact('crm_qbo_reads_month', { org_id: org }, reads)),
      fact('crm_qbo_reads_forecast', {}, forecastOf(total, now)),
      fact('crm_qbo_reads_budget', {}, this.readBudget),
    ];
  }

  /** Each select has its index: by a list in a parameter all that was ever written to QuickBooks is gone through. */
  private async operations(tx: EntityManager): Promise<Fact[]> {
    const rows = await tx.query<({ state: string } & Counted)[]>(
      [openOperationSql(), stoppedSql()]
        .map(
          (isOfThese) =>
            `select state, count(*)::int as count, extract(epoch from $1 - min(created_at))::float8 as age
               from sync_operations o
              where ${isOfThese} and not ${supersededSql('o')} and not ${ANSWERED} group by state`,
        )
        .join(' union all '),
      [this.clock.now(), [...ANSWERED_DIRECTLY]],
    );
    const found = new Map(rows.map((row) => [row.state, row]));
    return STATES_BEFORE_DONE.flatMap((state) =>
      counted('crm_sync_operations', 'crm_sync_operation_oldest_age_seconds', { state }, found.get(state)),
    );
  }

  private async jobs(tx: EntityManager): Promise<Fact[]> {
    const rows = await tx.query<({ queue: string } & Counted)[]>(
      `select name as queue, count(*)::int as count, extract(epoch from now() - min(start_after))::float8 as age
         from pgboss.job where state < 'active' and start_after <= now() and name = any($1) group by name`,
      [QUEUE_NAMES],
    );
    const found = new Map(rows.map((row) => [row.queue, row]));
    return QUEUE_NAMES.flatMap((queue) =>
      counted('crm_jobs_waiting', 'crm_jobs_oldest_age_seconds', { queue }, found.get(queue)),
    );
  }

  private async inbox(tx: EntityManager): Promise<Fact[]> {
    const rows = await tx.query<{ org: string; code: string; count: number }[]>(
      `select ${SHOWN_ORG} as org, code, count(*)::int as count
         from inbox_items where state = 'open' group by 1, 2`,
    );
    return rows.map(({ org, code, count }) => fact('crm_inbox_open', { org_id: org, code }, count));
  }

  /** Goes through all of them, so it takes as long as there are many. */
  private async invoices(tx: EntityManager): Promise<Fact[]> {
    const rows = await tx.query<
      { org: string; state: string; currency: string; count: number; balance: string }[]
    >(
      `select ${SHOWN_ORG} as org, coalesce(state, 'unknown') as state, currency, count(*)::int as count,
              coalesce(sum(balance_cents), 0)::text as balance
         from invoices where qbo_invoice_id is not null group by 1, 2, 3`,
    );
    return rows.flatMap(({ org, state, currency, count, balance }) => {
      const labels = { org_id: org, state, currency };
      return [
        fact('crm_invoices', labels, count),
        fact('crm_invoices_balance_cents', labels, Number(balance)),
      ];
    });
  }
}

function fact(gauge: GaugeName, labels: Record<string, string>, value: number): Fact {
  return { gauge, labels, value };
}

function counted(
  count: GaugeName,
  age: GaugeName,
  labels: Record<string, string>,
  found: Counted | undefined,
): Fact[] {
  return [fact(count, labels, found?.count ?? 0), fact(age, labels, Math.max(found?.age ?? 0, 0))];
}
