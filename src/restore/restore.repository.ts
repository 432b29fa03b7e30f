import type { EntityManager } from 'typeorm';
import { throughDoor } from '../platform/database/scope/scope.js';
import { inHandSql, openOperationSql } from '../qbo-sync/operations/operation-state.js';

/** So many ids are left free above the highest that is known: what was made meanwhile and shows nowhere has room. */
const GAP = 1_000;

const CLOSED_BECAUSE = 'Restored from a backup: link what is missing, then connect again';

export interface Reconciled {
  connectionsClosed: number;
  sequencesRaised: number;
  operationsDone: number;
  operationsInDoubt: number;
}

/** What a database that was restored from an older backup needs before the first process may work with it. */
export class RestoreRepository {
  constructor(private readonly tx: EntityManager) {}

  /**
   * Whether a pooler stands in between: it shows a key of its own for the process of the server. It lends one session
   * to several, so that what the server says of a session is true of whoever had it last.
   */
  async isPooled(): Promise<boolean> {
    const client = (await this.tx.queryRunner!.connect()) as { processID: number };
    const [row] = await this.tx.query<{ pid: number }[]>('select pg_backend_pid() as pid');
    return row!.pid !== client.processID;
  }

  /** Connections of processes of the product to this database. */
  async countProcesses(): Promise<number> {
    const [row] = await this.tx.query<{ count: number }[]>(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and application_name like 'peakpro-crm%'`,
    );
    return row!.count;
  }

  /** Nothing is sent before a person connects each company again, nor without a look for what was made since. */
  async closeConnections(): Promise<number> {
    await this.update('update orgs set restored_at = now()');
    return this.update(
      `update qbo_tokens set state = 'needs_reauth', last_error = $1 where state = 'connected'`,
      [CLOSED_BECAUSE],
    );
  }

  /** Ids that QuickBooks and Stripe know already are not given a second time. */
  async raiseSequences(above: number): Promise<number> {
    const raised = await this.tx.query<unknown[]>(
      `select setval(format('%I.%I', schemaname, sequencename)::regclass,
                     greatest(coalesce(last_value, 0), $1::bigint) + $2::bigint)
         from pg_sequences where schemaname = 'public'`,
      [above, GAP],
    );
    return raised.length;
  }

  /** Whatever is linked is made; its operation would be due for ever. */
  async closeLinked(): Promise<number> {
    const open = openOperationSql('o');
    const invoices = await this.update(
      `update sync_operations o set state = 'done', qbo_id = i.qbo_invoice_id, lease_until = null,
              realm_id = coalesce(o.realm_id, i.qbo_realm_id), updated_at = now()
         from invoices i
        where i.org_id = o.org_id and i.id = o.entity_id and o.kind = 'invoice.create'
          and i.qbo_invoice_id is not null and coalesce(o.realm_id, i.qbo_realm_id) is not null
          and ${open}`,
    );
    const customers = await this.update(
      `update sync_operations o set state = 'done', qbo_id = c.qbo_customer_id, lease_until = null,
              realm_id = coalesce(o.realm_id, c.qbo_realm_id), updated_at = now()
         from customers c
        where c.org_id = o.org_id and c.id = o.entity_id and o.kind = 'customer.create'
          and c.qbo_customer_id is not null and coalesce(o.realm_id, c.qbo_realm_id) is not null
          and ${open}`,
    );
    return invoices + customers;
  }

  /** What was under way is looked for before it is sent. */
  async doubtUnfinished(): Promise<number> {
    return this.update(
      `update sync_operations
          set state = 'uncertain', first_sent_at = coalesce(first_sent_at, created_at), lease_until = null,
              next_attempt_at = least(next_attempt_at, now())
        where ${inHandSql()}`,
    );
  }

  private async update(sql: string, values: unknown[] = []): Promise<number> {
    const [, count] = await throughDoor('restore', () => this.tx.query<[unknown, number]>(sql, values));
    return count;
  }
}
