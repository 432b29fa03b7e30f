import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../platform/database/statements/prepared.js';
import type { UserRole } from '../access/permissions.js';
import type { SessionFacts } from '../sessions/session-life.js';

/** What a sign-in says to each request: whether it holds, where it is, and when its person last proved who they are. */
export interface StandingSession extends SessionFacts {
  /** The organisation it is in now. */
  readonly orgId: number;
  readonly confirmedAt: Date;
}

/** What decides whether a token for an organisation is still worth anything, and whose it is. */
export interface Standing {
  email: string;
  fullName: string;
  /** The name of the organisation. */
  company: string;
  isActive: boolean;
  /** They have no second factor, and the organisation asks everybody for one. */
  lacksFactor: boolean;
  tokenEpoch: number;
  /** In the organisation. */
  roles: UserRole[];
  /** The sign-in the token comes from; null where the token names none. */
  session: StandingSession | null;
}

/** Whose token it is, for which organisation, and from which sign-in; null where it names none. */
export interface TokenPlace {
  readonly userId: number;
  readonly orgId: number;
  readonly sessionId: string | null;
}

/**
 * How a person stands in an organisation. Every request begins with it. Parameters: the person, the sign-in (null: none
 * is named), the organisation.
 */
export const STANDING =
  prepared(`select u.email, u.full_name as "fullName", u.is_active and m.is_active as "isActive",
     u.token_epoch + m.token_epoch as "tokenEpoch",
     array(select r.name from user_roles ur join roles r on r.id = ur.role_id
            where ur.org_id = m.org_id and ur.user_id = m.user_id order by r.id) as roles,
     (select o.name from orgs o where o.id = m.org_id) as company,
     exists (select from orgs o where o.id = m.org_id and o.second_factor = 'required')
       and not exists (select from second_factors f where f.user_id = m.user_id and f.confirmed_at is not null)
       as "lacksFactor",
     s.org_id as "orgId", s.kind, s.confirmed_at as "confirmedAt", s.last_used_at as "lastUsedAt",
     s.expires_at as "expiresAt", s.ended_at as "endedAt"
   from memberships m join users u on u.id = m.user_id
     left join sessions s on s.id = $2 and s.user_id = m.user_id
  where m.org_id = $3 and m.user_id = $1`);

type Row = Omit<Standing, 'session'> & (StandingSession | { [Fact in keyof StandingSession]: null });

/** Reads what each request asks first: one statement, by primary keys alone. */
@Injectable()
export class StandingRepository {
  /** How a person stands at this moment, and the sign-in with them. Null for nobody of this organisation. */
  async find(tx: EntityManager, { userId, orgId, sessionId }: TokenPlace): Promise<Standing | null> {
    const [row] = await tx.query<Row[]>(STANDING, [userId, sessionId, orgId]);
    if (!row) return null;
    const { kind, orgId: placeId, confirmedAt, lastUsedAt, expiresAt, endedAt, ...standing } = row;
    if (kind === null) return { ...standing, session: null };
    return { ...standing, session: { kind, orgId: placeId, confirmedAt, lastUsedAt, expiresAt, endedAt } };
  }
}
