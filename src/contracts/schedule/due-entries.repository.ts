import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { dayBySettingsSql } from '../../orgs/time-zones/day-of-org-sql.js';
import { notBeforeStartSql } from '../../orgs/settings/invoices-start.js';
import { Config } from '../../platform/config/config.js';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { Clock } from '../../platform/time/clock.js';
import { liveInvoiceSql } from '../../invoices/invoice-state.js';

/** An entry whose day has come. */
export interface DueEntry {
  orgId: number;
  proposalId: number;
  number: number;
}

/** Entries of the connected, in the environment that is spoken to. */
const entriesIn = (env: '$3' | '$5'): string => `
  contract_entries e
  join qbo_tokens t on t.org_id = e.org_id and t.state = 'connected' and t.env = ${env}
  left join org_settings s on s.org_id = e.org_id
  cross join lateral (
    select c.proposal_id, l.approved_at
      from contracts c join leads l on l.org_id = c.org_id and l.id = c.proposal_id
     where c.org_id = e.org_id and c.id = e.contract_id and c.cancelled_at is null
       and not exists (select from customers k
                        where k.org_id = l.org_id and k.id = l.customer_id and k.erased_at is not null)
    offset 0) c`;

/** True of those entries that are due. $1 now. */
const IS_DUE = `
  e.trigger_on <= ($1::timestamptz at time zone coalesce(s.time_zone, 'UTC'))::date
  and ${notBeforeStartSql('c', 's')}
  and (e.bill_again_at is null or e.bill_again_at <= $1)
  and (select true from invoices i
        where i.org_id = e.org_id and i.proposal_id = c.proposal_id
          and (i.kind = e.kind and i.sequence = e.sequence
               and (${liveInvoiceSql('i')}
                 or ${dayBySettingsSql('i.updated_at', 's')} >= e.trigger_on)
               or i.kind = 'final' and ${liveInvoiceSql('i')}) limit 1) is null`;

/** So many entries are put aside at once: those of years, as an upgrade finds them, within minutes. */
const OVER_AT_ONCE = 2_000;

/** Which entries of which contracts are to be billed by themselves. */
@Injectable()
export class DueEntriesRepository {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Entries whose day has come in their organisation's time zone, where QuickBooks is connected, in the environment
   * that is spoken to, and the final invoice does not stand, that no invoice bills, and whose customer was not erased.
   * What was voided before the day was billed early, or for an entry that stood in this place of the schedule then.
   * What is voided from the day on is billed again only by a person, as are those of what was approved before the day
   * from which invoices are made; one that was postponed waits until then. An invoice that is gone changes no more by
   * itself: its last change is its void, or a later one, which leaves the entry to a person.
   */
  async list(tx: EntityManager, limit: number): Promise<DueEntry[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select e.org_id as "orgId", c.proposal_id as "proposalId", e.number from ${entriesIn('$3')}
          where not e.is_over and e.trigger_on <= ($1::timestamptz at time zone 'UTC')::date + 1 and ${IS_DUE}
          order by e.trigger_on, e.org_id, e.id limit $2`,
        [this.clock.now(), limit, this.config.qbo.env],
      ),
    );
  }

  /**
   * The same of one: since its job was enqueued the schedule may have been changed, so that its number is another
   * entry's, or it may have been billed and voided.
   */
  async isDue(tx: EntityManager, { orgId, proposalId, number }: DueEntry): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `select from ${entriesIn('$5')}
        where e.org_id = $2 and e.number = $4 and ${IS_DUE}
          and e.contract_id = (select id from contracts where org_id = $2 and proposal_id = $3)`,
      [this.clock.now(), orgId, proposalId, number, this.config.qbo.env],
    );
    return rows.length > 0;
  }

  /**
   * Puts entries aside whose day is over in every time zone and that an invoice bills, or one that is gone since that
   * day: whatever becomes of these, such an entry is due by itself no more. Else each look goes through all whose day
   * ever came. A schedule that is changed has new entries.
   */
  async putOverAside(tx: EntityManager): Promise<void> {
    await throughDoor('scheduler', () =>
      tx.query(
        `with over as materialized (
           select e.org_id, e.id
             from contract_entries e
            where not e.is_over and e.trigger_on < ($1::timestamptz at time zone 'UTC')::date - 1 and (
                    select true
                      from contracts c
                      join invoices i on i.org_id = c.org_id and i.proposal_id = c.proposal_id
                     where c.org_id = e.org_id and c.id = e.contract_id and i.kind = e.kind
                       and i.sequence = e.sequence
                       and (${liveInvoiceSql('i')} or (i.updated_at at time zone 'UTC')::date > e.trigger_on + 1)
                     limit 1)
            limit ${OVER_AT_ONCE} for no key update of e skip locked)
         update contract_entries e set is_over = true from over where e.org_id = over.org_id and e.id = over.id`,
        [this.clock.now()],
      ),
    );
  }

  /** It cannot be billed now: it is not due again before `until`. */
  async postpone(tx: EntityManager, { orgId, proposalId, number }: DueEntry, until: Date): Promise<void> {
    await tx.query(
      `update contract_entries e set bill_again_at = $4
         from contracts c
        where c.org_id = $1 and c.proposal_id = $2
          and e.org_id = c.org_id and e.contract_id = c.id and e.number = $3`,
      [orgId, proposalId, number, until],
    );
  }
}
