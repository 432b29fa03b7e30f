import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isDatabaseUnavailable } from '../../platform/database/failures/unavailable.js';
import { LogDamper } from '../../platform/logging/log-damper.js';
import type { ListDueRows } from './due-rows.decorator.js';
import { JobsService } from '../jobs.service.js';
import { TimerHandler } from './timer-handler.decorator.js';

const ROWS_PER_TABLE_MAX = 500;

/**
 * The net under the queues. Whoever makes a row due enqueues its job in the same transaction; a job that was lost all
 * the same (its worker was killed, the queues were restored from a backup) is enqueued here again, because the row is
 * still due. Promise: a row that is due has a job within seconds, whatever happened to its first, and within minutes
 * where its job fails each time.
 */
@Injectable()
export class DueJobsService {
  private readonly logger = new Logger(DueJobsService.name);
  private readonly damper = new LogDamper();
  private readonly tables = new Map<string, ListDueRows>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly jobs: JobsService,
  ) {}

  /** Says which rows of a table are due. */
  register(table: string, list: ListDueRows): void {
    this.tables.set(table, list);
  }

  /** Enqueues the job of every row of a table that is due. Answers how many rows there were. */
  async enqueueDue(table: string): Promise<number> {
    const list = this.tables.get(table);
    if (!list) throw new Error(`Nobody says which rows of ${table} are due.`);
    const due = await list(this.dataSource.manager, ROWS_PER_TABLE_MAX);
    // Nothing is, nearly always: a transaction around each look would be most of what an idle worker asks.
    if (due.length > 0) await this.dataSource.transaction((tx) => this.jobs.enqueueAgain(tx, due));
    return due.length;
  }

  /** The same for every table; one that fails does not keep the others from it. */
  @TimerHandler('enqueue-due')
  async enqueueAll(): Promise<void> {
    for (const table of this.tables.keys()) {
      await this.enqueueDue(table).catch((error: unknown) => {
        const withheld = this.damper.admit(isDatabaseUnavailable(error) ? 'database' : table);
        if (withheld !== null)
          this.logger.error({ err: error, table, withheld }, 'The due rows of a table could not be enqueued');
      });
    }
  }
}
