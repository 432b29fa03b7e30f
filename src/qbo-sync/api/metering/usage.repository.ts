import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';

/** Calls of one organisation by one operation in one month. */
export interface UsageCount {
  month: string;
  orgId: number;
  operation: string;
  /** Requests that were sent, answered or not. */
  calls: number;
  /** Those of them that Intuit counts. */
  metered: number;
}

/** The rows of `qbo_usage`. */
@Injectable()
export class UsageRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Adds counts to what is there, all or none, in one statement. */
  async add(counts: readonly UsageCount[]): Promise<void> {
    await throughDoor('metering', () =>
      this.dataSource.query(
        prepared(`insert into qbo_usage as total (month, org_id, operation, calls, metered)
       select * from unnest($1::text[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[])
        order by 1, 2, 3
       on conflict on constraint qbo_usage_pkey do update
         set calls = total.calls + excluded.calls, metered = total.metered + excluded.metered`),
        [
          counts.map(({ month }) => month),
          counts.map(({ orgId }) => orgId),
          counts.map(({ operation }) => operation),
          counts.map(({ calls }) => calls),
          counts.map(({ metered }) => metered),
        ],
      ),
    );
  }

  /** Metered reads of one organisation, by operation. */
  async readsByOperation(orgId: number, month: string): Promise<Record<string, number>> {
    const rows = await this.dataSource.query<{ operation: string; metered: string }[]>(
      `select operation, metered from qbo_usage
        where month = $1 and org_id = $2 and metered > 0 order by operation`,
      [month, orgId],
    );
    return Object.fromEntries(rows.map(({ operation, metered }) => [operation, Number(metered)]));
  }

  /** True where companies of other organisations were read in this month, too. */
  async othersRead(orgId: number, month: string): Promise<boolean> {
    const rows = await throughDoor('overview', () =>
      this.dataSource.query<unknown[]>(
        'select from qbo_usage where month = $1 and org_id <> $2 and metered > 0 limit 1',
        [month, orgId],
      ),
    );
    return rows.length > 0;
  }

  /** Metered reads of the whole installation. */
  async reads(month: string, tx: EntityManager = this.dataSource.manager): Promise<number> {
    const [row] = await throughDoor('overview', () =>
      tx.query<{ reads: string }[]>(
        'select coalesce(sum(metered), 0) as reads from qbo_usage where month = $1',
        [month],
      ),
    );
    return Number(row!.reads);
  }
}
