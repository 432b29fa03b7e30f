import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { openOperationSql } from '../operations/operation-state.js';

/** How the polls of connected companies, the operations and the inbox stand, over all organisations. */
export interface SyncHealth {
  newest: Date | null;
  stalest: Date | null;
  failing: number;
  waiting: number;
  underWay: number;
  uncertain: number;
  inbox: number;
}

@Injectable()
export class SyncHealthRepository {
  constructor(private readonly dataSource: DataSource) {}

  async read(): Promise<SyncHealth> {
    const [row] = await throughDoor('overview', () =>
      this.dataSource.query<[SyncHealth]>(
        `select polls.*, operations.*, (select count(*)::int from inbox_items where state = 'open') as inbox
         from (
           select max(s.last_succeeded_at) as newest, min(s.last_succeeded_at) as stalest,
                  count(*) filter (where s.last_error is not null)::int as failing
             from qbo_sweeps s
             join qbo_tokens t on t.org_id = s.org_id and t.realm_id = s.realm_id and t.state = 'connected') polls,
           (select count(*) filter (where state = 'waiting')::int as waiting,
                   count(*) filter (where state in ('ready', 'sent'))::int as "underWay",
                   count(*) filter (where state = 'uncertain')::int as uncertain
              from sync_operations where ${openOperationSql()}) operations`,
      ),
    );
    return row;
  }
}
