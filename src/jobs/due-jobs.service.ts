import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isDatabaseUnavailable } from '../platform/database/unavailable.js';
import { LogDamper } from '../platform/logging/log-damper.js';
import { Registrations } from '../platform/registrations.js';
import { JobsService } from './jobs.service.js';
import type { JobRef } from './queue-payloads.js';
import { TimetableService } from './timetable.service.js';

const ROWS_PER_TABLE_MAX = 500;

/** The rows of one table that stand for work: which of them are due and held by nobody, and the job of each. */
export interface DueRows {
  /** Its name; with the column that says so, where other columns of it stand for other work. */
  readonly table: string;
  /** The most urgent first. `tx` is the transaction in which the jobs are enqueued. */
  list(tx: EntityManager, limit: number): Promise<JobRef[]>;
}

/**
 * The net under the queues. Whoever makes a row due enqueues its job in the same transaction; a job that was lost all
 * the same (its worker was killed, the queues were restored from a backup) is enqueued here again, because the row is
 * still due. Promise: a row that is due has a job within seconds, whatever happened to its first.
 */
@Injectable()
export class DueJobsService implements OnModuleInit {
  private readonly logger = new Logger(DueJobsService.name);
  private readonly damper = new LogDamper();
  private readonly tables = new Registrations<DueRows>('say which rows are due of');

  constructor(
    private readonly dataSource: DataSource,
    private readonly jobs: JobsService,
    private readonly timetable: TimetableService,
  ) {}

  onModuleInit(): void {
    this.timetable.register('enqueue-due', () => this.enqueueAll());
  }

  /** Throws where another service has the table. */
  register(rows: DueRows): void {
    this.tables.add(rows.table, rows);
  }

  /** Enqueues the job of every row of a table that is due. Answers how many rows there were. */
  async enqueueDue(table: string): Promise<number> {
    const rows = this.tables.get(table);
    if (!rows) throw new Error(`Nobody says which rows of ${table} are due.`);
    return this.dataSource.transaction(async (tx) => {
      const due = await rows.list(tx, ROWS_PER_TABLE_MAX);
      await this.jobs.enqueueAgain(tx, due);
      return due.length;
    });
  }

  /** The same for every table; one that fails does not keep the others from it. */
  private async enqueueAll(): Promise<void> {
    for (const table of this.tables.keys()) {
      await this.enqueueDue(table).catch((error: unknown) => {
        const withheld = this.damper.admit(isDatabaseUnavailable(error) ? 'database' : table);
        if (withheld !== null)
          this.logger.error({ err: error, table, withheld }, 'The due rows of a table could not be enqueued');
      });
    }
  }
}
