import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Incident, IncidentKind } from './incident.js';
import { type ReadsOfMonth, runsShort, staysShort } from './read-budget.js';
import type { Channels, PendingIncident } from './notification.js';
import { throughDoor } from '../platform/database/scope/scope.js';
import { maybeDoneSql } from '../qbo-sync/operations/operation-state.js';

/** From when on something is a trouble. */
export interface Thresholds {
  /** The usual time between two polls; a company that failed for three of them, or three of its own, is in trouble. */
  pollIntervalMs: number;
  /** A write that has been without an answer for longer is. */
  unansweredMs: number;
  /** A month that has more reads used or forecast than it can do with is. */
  reads: ReadsOfMonth;
}

interface PendingQuery {
  forgottenBefore: Date;
  channels: Channels;
  last: Incident | undefined;
  limit: number;
}

interface Row {
  id: string;
  orgId: number | null;
  kind: IncidentKind;
  subject: string;
  facts: Record<string, string | number | null>;
  since: Date;
  closedAt: Date | null;
  notifiedAt: Date | null;
  orgName: string;
  email: string | null;
  hasSlack: boolean;
  quietFrom: string | null;
  quietTo: string | null;
  timeZone: string;
}

const WATCH_LOCK = 5_005_016;

const TROUBLES = `
  select org_id, 'connection_lost' as kind, realm_id as subject, updated_at as since,
         jsonb_build_object('company', company_name) as facts
    from qbo_tokens where state = 'needs_reauth'
  union all
  select s.org_id, 'sync_failing', s.realm_id, coalesce(s.last_succeeded_at, t.connected_at),
         jsonb_build_object('company', t.company_name, 'error', s.last_error)
    from qbo_sweeps s
    join qbo_tokens t on t.org_id = s.org_id and t.realm_id = s.realm_id and t.state = 'connected'
   where s.last_error is not null and greatest(s.last_succeeded_at, t.connected_at) < $1::timestamptz
           - 3 * greatest($2 * interval '1 millisecond', coalesce(s.next_sweep_at - s.last_started_at, interval '0'))
  union all
  select org_id, 'needs_person', id::text, created_at,
         jsonb_build_object('reason', reason, 'next_step', next_step, 'code', code)
    from inbox_items where state = 'open' and code <> 'connection_lost' -- told as an incident of its own
  union all
  select org_id, 'answer_lost', id::text, first_sent_at,
         jsonb_build_object('operation', kind, 'entity_id', entity_id, 'proposal_id', proposal_id)
    from sync_operations where ${maybeDoneSql()} and first_sent_at < $1::timestamptz - $3 *
      interval '1 millisecond'
  union all
  select null, 'read_budget', $4::jsonb ->> 'month', $1::timestamptz, $4::jsonb - 'month' where $5`;

/**
 * How what an incident is about stands now: by the words of its own table, or $2 of the month $3. `replaced`: another
 * try was made before it was known what became of this one.
 */
const STANDING = `
  case i.kind
    when 'connection_lost' then (
      select case when t.realm_id = i.subject then t.state else 'replaced' end
        from qbo_tokens t where t.org_id = i.org_id)
    when 'sync_failing' then (
      select case when t.realm_id <> i.subject or t.state = 'disconnected' then 'disconnected'
                  when s.last_error is null then 'reading'
                  else 'failing' end
        from qbo_tokens t left join qbo_sweeps s on s.org_id = t.org_id and s.realm_id = t.realm_id
       where t.org_id = i.org_id)
    when 'needs_person' then (select n.state from inbox_items n where n.org_id = i.org_id and n.id = i.subject::bigint)
    when 'answer_lost' then (
      select case when o.state = 'refused' and o.error_kind = 'uncertain' then 'replaced' else o.state end
        from sync_operations o where o.org_id = i.org_id and o.id = i.subject::bigint)
    when 'read_budget' then case when i.subject = $3 then $2 else 'new_month' end
  end`;

/** When people were last notified of an incident, also about another matter; null where they never were. */
const LAST_NOTIFIED_AT = `coalesce(i.notified_at, (
  select max(m.created_at) from alert_messages m where m.org_id = i.org_id and m.incident_ids @> array[i.id]))`;

/** The alert_incidents table, and the comparison of it with how things stand. */
@Injectable()
export class IncidentsRepository {
  /** Lets one replica at a time compare, until the transaction ends; false where another one does. */
  async takeWatch(tx: EntityManager): Promise<boolean> {
    const [row] = await tx.query<{ taken: boolean }[]>('select pg_try_advisory_xact_lock($1) as taken', [
      WATCH_LOCK,
    ]);
    return row!.taken;
  }

  /** Whether any organisation has a Slack webhook of its own. */
  async hasOwnChannel(tx: EntityManager): Promise<boolean> {
    const [row] = await throughDoor('overview', () =>
      tx.query<{ has: boolean }[]>(
        'select exists (select from org_settings where slack_webhook_url_encrypted is not null) as has',
      ),
    );
    return row!.has;
  }

  /** Metered reads of the whole installation in a month. */
  async countReads(tx: EntityManager, month: string): Promise<number> {
    const [row] = await throughDoor('overview', () =>
      tx.query<{ reads: string }[]>(
        'select coalesce(sum(metered), 0) as reads from qbo_usage where month = $1',
        [month],
      ),
    );
    return Number(row!.reads);
  }

  /**
   * Opens an incident for each trouble that has none open, and notes how the others stand now: an inbox item that is
   * about another matter by now, as a dispute that is lost, has people told once more. `opened_at` is evidence of when
   * it was noticed; what people are told is since when the trouble is there. One that stands as before is written once
   * an hour: each minute would be a row version for each thing that waits for a person anywhere.
   */
  async open(
    tx: EntityManager,
    now: Date,
    { pollIntervalMs, unansweredMs, reads }: Thresholds,
  ): Promise<void> {
    await throughDoor('overview', () =>
      tx.query(
        `insert into alert_incidents (org_id, kind, subject, since, facts, opened_at, last_seen_at)
       select t.org_id, t.kind, t.subject, t.since, t.facts, $1::timestamptz, $1::timestamptz
         from (${TROUBLES}) t
         left join alert_incidents known
           on coalesce(known.org_id, 0) = coalesce(t.org_id, 0) and known.kind = t.kind
          and known.subject = t.subject and known.closed_at is null
        where known.id is null or known.facts <> t.facts
           or known.last_seen_at < $1::timestamptz - interval '1 hour'
       on conflict (coalesce(org_id, 0), kind, subject) where closed_at is null do update
          set last_seen_at = excluded.last_seen_at, facts = excluded.facts,
              notified_at = case when alert_incidents.facts ->> 'code' <> excluded.facts ->> 'code' then null
                                 else alert_incidents.notified_at end`,
        [now, pollIntervalMs, unansweredMs, JSON.stringify(reads), runsShort(reads)],
      ),
    );
  }

  /** Closes the incidents that are over, with how they ended. One that merely cannot be seen to be over stays open. */
  async close(tx: EntityManager, now: Date, reads: ReadsOfMonth): Promise<void> {
    await throughDoor('overview', () =>
      tx.query(
        `update alert_incidents i set closed_at = $1::timestamptz, facts = i.facts || jsonb_build_object('ended',
        n.standing)
         from (select i.id, ${STANDING} as standing from alert_incidents i where i.closed_at is null) n
        where n.id = i.id and i.closed_at is null
          and coalesce(n.standing, 'gone') <> all('{needs_reauth,failing,open,sent,uncertain,short}')`,
        [now, staysShort(reads) ? 'short' : 'enough', reads.month],
      ),
    );
  }

  /**
   * Incidents with something to tell to somebody, held against others until the transaction ends: those after `last` in
   * their order, the installation's first. What nobody could be told of and was over before `forgottenBefore` is not
   * news any more.
   */
  async listPending(
    tx: EntityManager,
    { forgottenBefore, channels, last, limit }: PendingQuery,
  ): Promise<PendingIncident[]> {
    const { slack, mail, emailTo = null } = channels;
    const rows = await throughDoor('overview', () =>
      tx.query<Row[]>(
        `select i.id, i.org_id as "orgId", i.kind, i.subject, i.facts, i.since, i.closed_at as "closedAt",
              case when i.closed_at is null then i.notified_at else ${LAST_NOTIFIED_AT} end as "notifiedAt",
              coalesce(o.name, 'PeakPro CRM') as "orgName", s.alert_email as email,
              s.slack_webhook_url_encrypted is not null as "hasSlack",
              s.alert_quiet_from as "quietFrom", s.alert_quiet_to as "quietTo",
              coalesce(s.time_zone, 'UTC') as "timeZone"
         from alert_incidents i
         left join orgs o on o.id = i.org_id
         left join org_settings s on s.org_id = i.org_id
        where (i.notified_at is null or i.closed_at is not null and i.resolved_notified_at is null)
          and (i.closed_at is null or i.closed_at >= $1)
          and ($3 or s.slack_webhook_url_encrypted is not null
               or $4 and coalesce(s.alert_email, $5::text) is not null)
          and (coalesce(i.org_id, 0), i.id) > ($6::int, $7::bigint)
        order by coalesce(i.org_id, 0), i.id
        limit $2
          for no key update of i skip locked`,
        [forgottenBefore, limit, slack, mail, emailTo, last?.orgId ?? 0, last?.id ?? '0'],
      ),
    );
    return rows.map(pending);
  }

  async markNotified(tx: EntityManager, ids: readonly string[], now: Date): Promise<void> {
    await tx.query(
      `update alert_incidents
          set notified_at = coalesce(notified_at, $2),
              resolved_notified_at = case when closed_at is not null then $2::timestamptz end
        where id = any($1)`,
      [ids, now],
    );
  }
}

function pending({
  orgName,
  email,
  hasSlack,
  quietFrom,
  quietTo,
  timeZone,
  ...incident
}: Row): PendingIncident {
  const quietHours = quietFrom !== null && quietTo !== null ? { from: quietFrom, to: quietTo } : null;
  return { incident, audience: { orgName, email, hasSlack, quietHours, timeZone } };
}
