import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { moneyText } from '../../../../../messages/format.js';
import { decimalTextFromCents } from '../../../../../platform/money/cents.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import { QboError } from '../../../../api/errors/qbo-error.js';
import { QboClient } from '../../../../api/qbo.client.js';
import type { Changed, QboPayment } from '../../../../api/model/qbo-objects.js';
import { type PayingCustomer, UnappliedPaymentsRepository } from './unapplied-payments.repository.js';

/** The customer has the money again, and QuickBooks still shows it as a credit of theirs. */
const SETTLE = 'settle the credit with an expense on accounts receivable that is linked to the payment';
const SETTLE_CREDIT = `Do not apply it to an invoice, nor give it back again. In QuickBooks ${SETTLE}`;
const WENT_BACK = {
  part: {
    says: ', while as much of the payment went back to the customer',
    nextStep:
      `Where it is this that went back, do not give it back again: in QuickBooks ${SETTLE}, in place of the refund ` +
      'receipt where one was made, and this closes by itself. Else apply it to an invoice in QuickBooks, and this ' +
      'closes by itself; to leave it as a credit, resolve this.',
  },
  refunded: {
    says: ', though all of it was given back',
    nextStep: `${SETTLE_CREDIT}, in place of the refund receipt where one was made, and this closes by itself.`,
  },
  lost: {
    says: ', though all of it went back, and the bank took it by a dispute that was lost',
    nextStep:
      `${SETTLE_CREDIT}, or delete the payment where no refund receipt takes it off, ` +
      'and this closes by itself.',
  },
} as const;

/**
 * Reports payments of our customers that are not applied to any invoice, or not in full: such money pays nothing. An
 * item stands in the inbox until all of the payment is applied or it is gone; what a person decided about it is not
 * asked again, until it was on an invoice of ours since and is on none any more.
 */
@Injectable()
export class UnappliedPaymentMonitorService {
  private readonly logger = new Logger(UnappliedPaymentMonitorService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: QboClient,
    private readonly payments: UnappliedPaymentsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction. */
  async report(
    tx: EntityManager,
    company: QboCompany,
    changes: readonly Changed<QboPayment>[],
  ): Promise<void> {
    if (changes.length === 0) return;
    const free = changes.flatMap((change) =>
      !change.deleted && change.object.unappliedCents > 0 ? [change.object] : [],
    );
    const isFree = new Set(free.map(({ id }) => id));
    const applied = changes
      .filter(({ id }) => !isFree.has(id))
      .map((one) => ({ id: one.id, totalCents: one.deleted ? null : one.object.totalCents }));
    for (const subject of await this.payments.listOpenSubjects(tx, company, applied)) {
      await this.inbox.resolveSubject(tx, company.orgId, subject);
    }
    const customers = await this.payments.customersOf(tx, company, free);
    for (const payment of free) {
      const customer = customers.get(payment.id);
      if (customer) await this.open(tx, company, payment, customer);
    }
  }

  /**
   * Has the item of a payment of ours say what became of its money here: what is back is not to be applied, nor to be
   * given back again. A metered read, where there is such an item; one that fails is left to the next poll.
   */
  async review(company: QboCompany, paymentId: number): Promise<void> {
    const id = await this.payments.onAccount(this.dataSource.manager, company, paymentId);
    if (id === null) return;
    try {
      const object = await this.client.payments.get(company, id);
      await this.dataSource.transaction((tx) => this.report(tx, company, [{ id, deleted: false, object }]));
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn(
        { err: error, orgId: company.orgId, paymentId },
        'A payment on account was not read again',
      );
    }
  }

  private async open(
    tx: EntityManager,
    company: QboCompany,
    payment: QboPayment,
    customer: PayingCustomer,
  ): Promise<void> {
    const { orgId } = company;
    const { id, totalCents, unappliedCents, currency } = payment;
    const subject = subjectOf(company, id);
    const { unappliedSubject, wentBack, isMoved, takenOffAt } = customer;
    // Where somebody is asked whose it is, it is not to be put on an invoice of whoever has it there.
    if (isMoved) return this.inbox.resolveSubject(tx, orgId, subject);
    // Asked already to apply the rest or to refund it, which is done.
    if (unappliedSubject !== null && wentBack === null) return;
    if (unappliedSubject !== null) await this.inbox.resolveSubject(tx, orgId, unappliedSubject);
    const isAllFree = unappliedCents === totalCents;
    const decision =
      isAllFree && takenOffAt
        ? await this.inbox.decisionSince(tx, orgId, subject, takenOffAt)
        : await this.inbox.lastDecision(tx, orgId, subject);
    if (decision !== null) return;
    const text = (cents: number): string =>
      currency === null ? decimalTextFromCents(cents) : moneyText(cents, currency);
    const gone = wentBack && WENT_BACK[wentBack];
    const what = isAllFree ? 'Payment' : `${text(unappliedCents)} of payment`;
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'payment_on_account',
      reason:
        `${what} ${id} over ${text(totalCents)} of ${customer.name} is on account in ` +
        `QuickBooks and on no invoice${gone?.says ?? ''}.`,
      ...(gone && { nextStep: gone.nextStep }),
      customerId: customer.id,
    });
  }
}

/** With the company: another one numbers its payments by itself. */
function subjectOf({ realmId }: QboCompany, qboPaymentId: string): string {
  return `payment.on_account:${realmId}:${qboPaymentId}`;
}
