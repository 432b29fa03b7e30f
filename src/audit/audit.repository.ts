import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KNOWN_EMAIL, KNOWN_NAME } from '../auth/people/known-person-sql.js';
import { prepared } from '../platform/database/statements/prepared.js';
import type { AuditEntry, AuditFilter, AuditSubject } from './audit-entry.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import type { AuditAction } from './audit-action.js';
import type { AuditValues } from './audit-values.js';

interface NewEntry {
  orgId: number;
  at: Date;
  actorId: number | null;
  action: AuditAction;
  subject: AuditSubject;
  proposalId: number | null;
  before: AuditValues | null;
  after: AuditValues | null;
  ip: string | null;
  requestId: string | null;
}

interface EntryRow extends Omit<AuditEntry, 'id' | 'actor'> {
  id: string;
  actorId: number | null;
  email: string;
  fullName: string;
}

/** Entries with the person; people are in the directory. */
const ENTRIES = `
  select a.id, a.at, a.actor_id as "actorId", ${KNOWN_EMAIL} as email, ${KNOWN_NAME} as "fullName",
         a.action, a.subject, a.before, a.after, a.ip, a.request_id as "requestId"
    from audit_log a left join users u on u.id = a.actor_id
    left join memberships m on m.org_id = a.org_id and m.user_id = a.actor_id`;

const ZONE = `coalesce((select time_zone from org_settings where org_id = $1), 'UTC')`;

/** The table `audit_log`: entries are added and read. */
@Injectable()
export class AuditRepository {
  async insert(tx: EntityManager, entry: NewEntry): Promise<void> {
    const { orgId, at, actorId, action, subject, proposalId, before, after, ip, requestId } = entry;
    await tx.query(
      prepared(`insert into audit_log (org_id, at, actor_id, action, subject, proposal_id, before, after,
                                        ip, request_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`),
      [
        orgId,
        at,
        actorId,
        action,
        subject,
        proposalId,
        before && JSON.stringify(before),
        after && JSON.stringify(after),
        ip?.slice(0, 64) ?? null,
        requestId,
      ],
    );
  }

  /** Newest first; `beforeId` is the last of the page before. */
  async list(
    tx: EntityManager,
    orgId: number,
    { actor, action, from, to }: AuditFilter,
    { limit, beforeId }: { limit: number; beforeId?: number },
  ): Promise<AuditEntry[]> {
    const values: unknown[] = [orgId];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const where = ['a.org_id = $1'];
    if (beforeId !== undefined) where.push(`a.id < ${bind(beforeId)}`);
    if (typeof actor === 'number') where.push(`a.actor_id = ${bind(actor)}`);
    if (typeof actor === 'string') where.push(`lower(${KNOWN_EMAIL}) = lower(${bind(actor)})`);
    if (action !== undefined) {
      const name = bind(action);
      where.push(`(a.action = ${name} or starts_with(a.action, ${name} || '.'))`);
    }
    /** An instant as it is; of a day its beginning where the organisation works, or that of the day so many later. */
    const instant = (when: Date | CalendarDay, later: number): string =>
      when instanceof Date
        ? bind(when)
        : `((${bind(when)}::date + ${later})::timestamp at time zone ${ZONE})`;
    if (from) where.push(`a.at >= ${instant(from, 0)}`);
    if (to) where.push(`a.at < ${instant(to, 1)}`);
    const rows = await tx.query<EntryRow[]>(
      `${ENTRIES} where ${where.join(' and ')}
        order by a.id desc limit ${bind(limit)}`,
      values,
    );
    return rows.map(entryOf);
  }

  /** What was done to one proposal and by whom, newest first. */
  async listOfProposal(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    limit: number,
  ): Promise<AuditEntry[]> {
    const rows = await tx.query<EntryRow[]>(
      `${ENTRIES} where a.org_id = $1 and a.proposal_id = $2
        order by a.id desc limit $3`,
      [orgId, proposalId, limit],
    );
    return rows.map(entryOf);
  }
}

function entryOf({ id, actorId, email, fullName, ...entry }: EntryRow): AuditEntry {
  return { ...entry, id: Number(id), actor: actorId === null ? null : { id: actorId, email, fullName } };
}
