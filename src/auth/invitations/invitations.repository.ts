import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { throughDoor } from '../../platform/database/scope/scope.js';
import type { UserRole } from '../access/permissions.js';

/** A person who was asked to join an organisation. Only the hash of the mailed token is kept. */
export interface Invitation {
  /** The id of the mail that brings the token. */
  id: string;
  orgId: number;
  email: string;
  fullName: string;
  roles: UserRole[];
  invitedBy: number;
  createdAt: Date;
  expiresAt: Date;
}

/** An invitation with what became of its mail; all null where that is forgotten. */
export interface MailedInvitation extends Invitation {
  mailState: 'queued' | 'sent' | 'failed' | null;
  /** Why the last delivery failed. */
  mailProblem: string | null;
  /** When one that is queued is tried again. */
  mailNextAttemptAt: Date | null;
}

/** After which invitation a page of the list goes on; the newest comes first. */
export interface InvitationPlace {
  readonly createdAt: Date;
  readonly id: string;
}

const COLUMNS = `i.id, i.org_id as "orgId", i.email, i.full_name as "fullName", i.roles, i.invited_by as "invitedBy",
  i.created_at as "createdAt", i.expires_at as "expiresAt"`;

/** Invitations that can be accepted at the instant of this parameter. */
const open = (now: string): string =>
  `accepted_at is null and ended_at is null and expires_at > ${now}::timestamptz`;

/** The invitations table. A token is found by its hash alone; everything else asks for the organisation. */
@Injectable()
export class InvitationsRepository {
  async insert(tx: EntityManager, invitation: Invitation, tokenHash: Buffer): Promise<void> {
    const { id, orgId, email, fullName, roles, invitedBy, createdAt, expiresAt } = invitation;
    await tx.query(
      `insert into invitations
         (id, org_id, email, full_name, roles, invited_by, created_at, expires_at, token_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, orgId, email, fullName, roles, invitedBy, createdAt, expiresAt, tokenHash],
    );
  }

  async findOpenByToken(tx: EntityManager, tokenHash: Buffer, now: Date): Promise<Invitation | null> {
    const [row] = await throughDoor('lookup', () =>
      tx.query<Invitation[]>(`select ${COLUMNS} from invitations i where token_hash = $1 and ${open('$2')}`, [
        tokenHash,
        now,
      ]),
    );
    return row ?? null;
  }

  /** The organisation of an invitation that was accepted since then; null where that is not so. */
  async findAcceptedOrg(tx: EntityManager, tokenHash: Buffer, since: Date): Promise<number | null> {
    const [row] = await throughDoor('lookup', () =>
      tx.query<{ orgId: number }[]>(
        'select org_id as "orgId" from invitations where token_hash = $1 and accepted_at >= $2 and ended_at is null',
        [tokenHash, since],
      ),
    );
    return row?.orgId ?? null;
  }

  async findOpen(tx: EntityManager, orgId: number, id: string, now: Date): Promise<Invitation | null> {
    const [row] = await tx.query<Invitation[]>(
      `select ${COLUMNS} from invitations i where org_id = $1 and id = $2 and ${open('$3')}`,
      [orgId, id, now],
    );
    return row ?? null;
  }

  /** What can be accepted, each with its mail, newest first, older than `before`. */
  async listOpen(
    tx: EntityManager,
    orgId: number,
    { now, limit, before }: { now: Date; limit: number; before?: InvitationPlace },
  ): Promise<MailedInvitation[]> {
    return tx.query<MailedInvitation[]>(
      `select ${COLUMNS}, nullif(mail.state, 'ignored') as "mailState", mail.problem as "mailProblem",
              case when mail.state = 'queued' then mail.next_attempt_at end as "mailNextAttemptAt"
         from invitations i left join account_mails mail on mail.org_id = i.org_id and mail.id = i.id
        where i.org_id = $1 and ${open('$2')}
          and ($4::timestamptz is null or (i.created_at, i.id) < ($4, $5::uuid))
        order by i.created_at desc, i.id desc limit $3`,
      [orgId, now, limit, before?.createdAt ?? null, before?.id ?? null],
    );
  }

  /** How many mails this person, how many the organisation to this address and to whomever, asked for since then. */
  async countMails(
    tx: EntityManager,
    { orgId, invitedBy, email }: Pick<Invitation, 'orgId' | 'invitedBy' | 'email'>,
    since: Date,
  ): Promise<{ ofOrganisation: number; byPerson: number; toAddress: number }> {
    const [row] = await tx.query<{ ofOrganisation: number; byPerson: number; toAddress: number }[]>(
      `select count(*)::int as "ofOrganisation",
              count(*) filter (where invited_by = $2)::int as "byPerson",
              count(*) filter (where lower(email) = lower($3))::int as "toAddress"
         from invitations where org_id = $1 and created_at > $4`,
      [orgId, invitedBy, email, since],
    );
    return row!;
  }

  /** Uses an invitation up. Answers false where it was accepted or ended meanwhile. */
  async accept(tx: EntityManager, orgId: number, id: string, now: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update invitations set accepted_at = $3 where org_id = $1 and id = $2 and ${open('$3')}`,
      [orgId, id, now],
    );
    return count === 1;
  }

  /** Ends one invitation. Answers false where there is none that can be accepted. */
  async end(tx: EntityManager, orgId: number, id: string, now: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update invitations set ended_at = $3 where org_id = $1 and id = $2 and ${open('$3')}`,
      [orgId, id, now],
    );
    return count === 1;
  }

  /** Ends what was sent to this address before. */
  async endOfAddress(tx: EntityManager, orgId: number, email: string, now: Date): Promise<void> {
    await tx.query(
      `update invitations set ended_at = $3 where org_id = $1 and lower(email) = lower($2) and ${open('$3')}`,
      [orgId, email, now],
    );
  }

  /** Ends what this person sent: whoever runs the organisation no more lets nobody in. */
  async endOfInviter(tx: EntityManager, orgId: number, invitedBy: number, now: Date): Promise<void> {
    await tx.query(
      `update invitations set ended_at = $3 where org_id = $1 and invited_by = $2 and ${open('$3')}`,
      [orgId, invitedBy, now],
    );
  }

  /** Forgets the address and name of invitations to this address, and ends those that are open. */
  async forget(tx: EntityManager, orgId: number, email: string, now: Date): Promise<void> {
    await tx.query(
      `update invitations set email = 'erased', full_name = 'Former person', ended_at = coalesce(ended_at, $3)
        where org_id = $1 and lower(email) = lower($2)`,
      [orgId, email, now],
    );
  }
}
