import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { findByKey } from '../../../platform/database/statements/find-by-key.js';
import { insertRow } from '../../../platform/database/statements/written-rows.js';
import type { InvoiceKey } from '../../../invoices/invoice-key.js';
import { Clock } from '../../../platform/time/clock.js';
import { CheckoutSession } from './checkout-session.entity.js';
import type { CheckoutStatus } from '../checkout-status.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';

export type NewCheckoutSession = Omit<CheckoutSession, 'id' | 'status' | 'error' | 'createdAt' | 'updatedAt'>;

/** What Stripe answered to the request for a session. */
export interface OpenedAtStripe {
  stripeSessionId: string;
  url: string;
  expiresAt: Date | null;
}

/** A session that the customer's bank is about to pay, and what it is for. */
export interface PendingSession extends InvoiceKey {
  stripeSessionId: string | null;
  stripeAccountId: string | null;
}

/** The checkout_sessions table. Whoever changes a row holds the lock of its proposal. */
@Injectable()
export class CheckoutSessionsRepository {
  constructor(private readonly clock: Clock) {}

  /**
   * Writes an open session down and answers it as it is read back, so that a repeated request is the same to the
   * byte.
   */
  async insert(tx: EntityManager, session: NewCheckoutSession): Promise<CheckoutSession> {
    const at = this.clock.now();
    return insertRow(tx, CheckoutSession, { ...session, createdAt: at, updatedAt: at });
  }

  async find(tx: EntityManager, orgId: number, id: number): Promise<CheckoutSession | null> {
    return findByKey(tx, CheckoutSession, { orgId, id });
  }

  /** Those of these proposals that have an open session, in the order of their ids. */
  async listOpenProposals(
    tx: EntityManager,
    orgId: number,
    proposalIds: readonly number[],
  ): Promise<number[]> {
    if (proposalIds.length === 0) return [];
    const rows = await tx.query<{ id: number }[]>(
      prepared(`select proposal_id as id from checkout_sessions
        where org_id = $1 and proposal_id = any($2::int[]) and status = 'open' order by proposal_id`),
      [orgId, proposalIds],
    );
    return rows.map(({ id }) => id);
  }

  /** The proposals with a session that is open in another account than this one, in the order of their ids. */
  async listOpenElsewhere(
    tx: EntityManager,
    orgId: number,
    stripeAccountId: string | null,
  ): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `select proposal_id as id from checkout_sessions
        where org_id = $1 and status = 'open' and not dev_mode and stripe_account_id is distinct from $2
        order by proposal_id`,
      [orgId, stripeAccountId],
    );
    return rows.map(({ id }) => id);
  }

  /** The open session of this proposal, if any. */
  async findOpen(tx: EntityManager, orgId: number, proposalId: number): Promise<CheckoutSession | null> {
    return tx.findOneBy(CheckoutSession, { orgId, proposalId, status: 'open' });
  }

  /** What the customer's bank has been asked to pay of this proposal. */
  async listPending(tx: EntityManager, orgId: number, proposalId: number): Promise<PendingSession[]> {
    const sessions = await tx.find(CheckoutSession, {
      where: { orgId, proposalId, status: 'pending' },
      order: { id: 'ASC' },
    });
    return sessions.map(
      ({ invoiceKind: kind, invoiceSequence: sequence, stripeSessionId, stripeAccountId }) => ({
        kind,
        sequence,
        stripeSessionId,
        stripeAccountId,
      }),
    );
  }

  /** The proposals, of whatever organisation, that a bank has been asked to pay for by a page of Stripe. */
  async listPendingProposals(tx: EntityManager): Promise<{ orgId: number; proposalId: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select distinct org_id as "orgId", proposal_id as "proposalId" from checkout_sessions
          where status = 'pending' and not dev_mode order by 1, 2`,
      ),
    );
  }

  /** Stripe's events name no organisation we believe: it is the row's. */
  async findByStripeId(tx: EntityManager, stripeSessionId: string): Promise<CheckoutSession | null> {
    return throughDoor('lookup', () => tx.findOneBy(CheckoutSession, { stripeSessionId }));
  }

  /** The same, locked until the transaction ends. */
  async getForUpdate(tx: EntityManager, orgId: number, id: number): Promise<CheckoutSession> {
    return tx.findOneOrFail(CheckoutSession, {
      where: { orgId, id },
      lock: { mode: 'for_no_key_update' },
    });
  }

  async setOpened(tx: EntityManager, session: CheckoutSession, opened: OpenedAtStripe): Promise<void> {
    const { id, orgId } = session;
    await tx.update(CheckoutSession, { id, orgId }, { ...opened, updatedAt: this.clock.now() });
  }

  /**
   * One that a bank was about to pay, and of which nothing is heard any more. Where something is meanwhile, that holds:
   * the row decides, without its proposal's lock, which whoever holds the item's must not wait for.
   */
  async giveUpPending(tx: EntityManager, orgId: number, id: number): Promise<void> {
    const change = { status: 'failed', error: 'other_account', updatedAt: this.clock.now() } as const;
    await tx.update(CheckoutSession, { id, orgId, status: 'pending' }, change);
  }

  async setStatus(
    tx: EntityManager,
    { id, orgId }: CheckoutSession,
    status: CheckoutStatus,
    error: string | null = null,
  ): Promise<void> {
    await tx.update(CheckoutSession, { id, orgId }, { status, error, updatedAt: this.clock.now() });
  }
}
