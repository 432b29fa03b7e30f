import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, MoreThan } from 'typeorm';
import { findByKey } from '../../platform/database/statements/find-by-key.js';
import { insertRow } from '../../platform/database/statements/written-rows.js';
import { isFree, type Lease, type LeaseTable } from '../../jobs/leases/lease.js';
import { PortalLink } from './portal-link.entity.js';
import { throughDoor } from '../../platform/database/scope/scope.js';

export type NewPortalLink = Pick<
  PortalLink,
  'orgId' | 'proposalId' | 'tokenHash' | 'createdBy' | 'createdAt' | 'expiresAt'
> &
  Partial<Pick<PortalLink, 'emailedTo' | 'emailState' | 'emailTokenEncrypted' | 'emailNextAttemptAt'>>;

/** Whoever sends the e-mail of a link holds it meanwhile. */
export const EMAIL_LEASE: LeaseTable = {
  table: 'portal_links',
  key: ['org_id', 'id'],
  token: 'email_lease_token',
  until: 'email_lease_until',
  takeable: `email_state = 'queued' and coalesce(email_next_attempt_at <= :now, true)`,
};

/** The portal_links table. A token is found by its hash alone; everything else asks for the organisation. */
@Injectable()
export class PortalLinksRepository {
  async insert(tx: EntityManager, link: NewPortalLink): Promise<PortalLink> {
    return insertRow(tx, PortalLink, link);
  }

  /** Lets one e-mail of the organisation at a time be counted, until the transaction ends. */
  async lockEmails(tx: EntityManager, orgId: number): Promise<void> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`emails:${orgId}`]);
  }

  /**
   * How many e-mails with links, reminders among them, this person, how many the organisation to this address, and how
   * many it to whomever, asked for since then.
   */
  async countEmails(
    tx: EntityManager,
    { orgId, createdBy, emailedTo }: { orgId: number; createdBy: number; emailedTo: string },
    since: Date,
  ): Promise<{ byPerson: number; toAddress: number; ofOrganisation: number }> {
    const [row] = await tx.query<{ byPerson: number; toAddress: number; ofOrganisation: number }[]>(
      `select count(*)::int as "ofOrganisation",
              count(*) filter (where created_by = $2)::int as "byPerson",
              count(*) filter (where lower(emailed_to) = lower($3))::int as "toAddress"
         from (
           select created_by, emailed_to from portal_links
            where org_id = $1 and emailed_to is not null and created_at > $4
           union all
           select asked_by, emailed_to from invoice_reminders
            where org_id = $1 and asked_by is not null and created_at > $4) as mails`,
      [orgId, createdBy, emailedTo, since],
    );
    return row!;
  }

  async findByTokenHash(tx: EntityManager, tokenHash: Buffer): Promise<PortalLink | null> {
    return throughDoor('lookup', () => tx.findOneBy(PortalLink, { tokenHash }));
  }

  async findInOrg(tx: EntityManager, orgId: number, id: number): Promise<PortalLink | null> {
    return findByKey(tx, PortalLink, { orgId, id });
  }

  /** The link, locked against others until the transaction ends. */
  async lock(tx: EntityManager, orgId: number, id: number): Promise<PortalLink> {
    return tx.findOneOrFail(PortalLink, { where: { orgId, id }, lock: { mode: 'for_no_key_update' } });
  }

  /** Newest first, from before the link `beforeId`; one more than `limit`, so that a page knows of the next. */
  async listOfProposal(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    { limit, beforeId }: { limit: number; beforeId?: number },
  ): Promise<PortalLink[]> {
    const query = tx
      .createQueryBuilder(PortalLink, 'link')
      .where('link.orgId = :orgId and link.proposalId = :proposalId', { orgId, proposalId })
      .orderBy('link.id', 'DESC')
      .limit(limit + 1);
    if (beforeId !== undefined) query.andWhere('link.id < cast(:beforeId as bigint)', { beforeId });
    return query.getMany();
  }

  /** The link of this proposal that still waits to be e-mailed to this address. */
  async findQueued(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    emailedTo: string,
  ): Promise<PortalLink | null> {
    return tx.findOneBy(PortalLink, {
      orgId,
      proposalId,
      emailedTo,
      emailState: 'queued',
      revokedAt: IsNull(),
    });
  }

  /** True where a later link of the same proposal was e-mailed to this address, or waits to be. */
  async isMailedTo(
    tx: EntityManager,
    { orgId, proposalId, id }: PortalLink,
    emailedTo: string,
  ): Promise<boolean> {
    return tx.existsBy(PortalLink, {
      orgId,
      proposalId,
      id: MoreThan(id),
      emailedTo,
      emailState: In(['queued', 'sent']),
    });
  }

  /** Links whose e-mail is due and sent by nobody, longest waiting first. */
  async listDue(tx: EntityManager, now: Date, limit: number): Promise<{ orgId: number; linkId: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select org_id as "orgId", id as "linkId" from portal_links
        where email_state = 'queued' and email_next_attempt_at <= $1 and ${isFree(EMAIL_LEASE)}
        order by email_next_attempt_at limit $2`,
        [now, limit],
      ),
    );
  }

  /**
   * Stores what came of a delivery, and ends its lease. Answers false where another worker has the link by now, or
   * where it is not to be sent any more and `change` does not say that it was.
   */
  async finishDelivery(
    tx: EntityManager,
    { key: [orgId, id], token }: Lease,
    change: Partial<PortalLink>,
  ): Promise<boolean> {
    const where = { orgId: Number(orgId), id: Number(id), emailLeaseToken: Number(token) };
    const result = await tx.update(
      PortalLink,
      change.emailState === 'sent' ? where : { ...where, emailState: 'queued' },
      { ...change, emailLeaseUntil: null },
    );
    return result.affected === 1;
  }

  async update(tx: EntityManager, { orgId, id }: PortalLink, change: Partial<PortalLink>): Promise<void> {
    await tx.update(PortalLink, { orgId, id }, change);
  }

  /** Ends every link of the proposal that has not ended, and the wait of those not yet e-mailed. Answers how many. */
  async revokeAll(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    now: Date,
    reason: string,
  ): Promise<number> {
    const [, revoked] = await tx.query<[unknown[], number]>(
      `update portal_links set
         revoked_at = $3,
         email_problem = case when email_state = 'queued' then $4 else email_problem end,
         email_token_sealed = null,
         email_state = case when email_state = 'queued' then 'failed' else email_state end
       where org_id = $1 and proposal_id = $2 and revoked_at is null and expires_at > $3`,
      [orgId, proposalId, now, reason],
    );
    return revoked;
  }
}
