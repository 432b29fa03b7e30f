import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { LedgerRepository } from '../../../payments/ledger/ledger.repository.js';
import { PaymentInboxService } from '../../../payments/ledger/payment-inbox.service.js';
import type { Payment } from '../../../payments/ledger/payment.entity.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import { Clock } from '../../../platform/time/clock.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { assertAllRead } from '../../api/errors/all-read.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboClient } from '../../api/qbo.client.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { subjectOfCurrency } from '../../pull/invoices/monitors/edits/external-edits.js';
import { isForeignTo, openBefore, openTooLittle } from './overpayment.js';
import { after } from '../../../platform/time/after.js';

/** What of a payment nobody owed, and why, as a sentence. */
interface NotOwed {
  cents: number;
  why: string;
}

const AGAIN_MIN_MS = 30_000;
const AGAIN_MAX_MS = 3_600_000;

/**
 * Looks at the invoice of a payment that the bookkeeper will enter: where less was open than was paid, the debt was
 * paid in another way before, and a person is asked. Promise: each such payment is looked at once, as soon as
 * QuickBooks is there. One metered read a payment, two where something is on its invoice.
 */
@Injectable()
export class UnrecordedPaymentCheckService {
  private readonly logger = new Logger(UnrecordedPaymentCheckService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly payments: PaymentsRepository,
    private readonly ledger: LedgerRepository,
    private readonly invoices: InvoicesRepository,
    private readonly connections: ConnectionService,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly inbox: PaymentInboxService,
    private readonly questions: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /** What QuickBooks cannot say now is asked again: after half the time since the payment, within an hour. */
  async check(orgId: number, paymentId: number): Promise<void> {
    const payment = await this.payments.find(this.dataSource.manager, orgId, paymentId);
    if (!payment?.invoiceCheckAt) return;
    try {
      await this.look(payment);
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId, paymentId }, 'The invoice of a payment could not be looked at');
      await this.again(payment);
    }
  }

  private async look(payment: Payment): Promise<void> {
    const { orgId, proposalId, invoiceKind, invoiceSequence } = payment;
    const { manager } = this.dataSource;
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, invoiceKind, invoiceSequence);
    if (!invoice?.qboInvoiceId) return this.payments.setInvoiceCheckAt(manager, payment, null);
    const company = await this.connections.companyOfParked(orgId);
    // Whoever connects a company enqueues what waits for it. Another has somebody else's invoice under this id.
    if (!company || (invoice.qboRealmId ?? company.realmId) !== company.realmId) return this.again(payment);
    // What is open there says nothing about this money until the right one is linked, or a person keeps it as it is.
    const isForeign = () => this.questions.hasOpen(manager, orgId, subjectOfCurrency(invoice.id));
    if (await isForeign()) return this.again(payment);
    const notOwed = await this.whyNotOwed(company, payment, invoice.qboInvoiceId);
    if (await isForeign()) return this.again(payment);
    await this.dataSource.transaction(async (tx) => {
      if (notOwed) await this.report(tx, payment, notOwed);
      await this.payments.setInvoiceCheckAt(tx, payment, null);
    });
  }

  /**
   * What went back meanwhile is not to go back again. Where that is all of it nobody is asked, nor where a person has
   * all of the payment before them; what they have decided about it stands.
   */
  private async report(tx: EntityManager, payment: Payment, { cents, why }: NotOwed): Promise<void> {
    if (payment.notOwedCents === payment.amountCents) return;
    const { balance } = await this.ledger.entryOf(tx, payment);
    const backCents = payment.amountCents - balance.netCents;
    if (await this.inbox.isDecided(tx, payment)) return;
    if (backCents >= cents) await this.payments.setNotOwed(tx, payment, cents);
    else await this.inbox.reportNotOwed(tx, payment, { cents, why, backCents });
  }

  /** Null where all of it was owed, and where the invoice is in another currency: that is a question of its own. */
  private async whyNotOwed(
    company: QboCompany,
    payment: Payment,
    invoiceId: string,
  ): Promise<NotOwed | null> {
    const { amountCents, currency } = payment;
    const snapshot = await this.refresh.snapshot(company, invoiceId);
    await this.refresh.apply(company, [snapshot]);
    if (snapshot.deleted) return { cents: amountCents, why: 'Its invoice was deleted in QuickBooks.' };
    if (isForeignTo(currency, snapshot.invoice)) return null;
    if (snapshot.invoice.balanceCents >= amountCents) return null;
    const { linkedPaymentIds } = snapshot.invoice;
    const since = await this.client.payments.findByIds(company, linkedPaymentIds);
    const at = { paidAt: payment.paidAt, now: this.clock.now() };
    const before = openBefore(snapshot.invoice, since.read, at);
    if (before.balanceCents >= amountCents) return null;
    assertAllRead(since, 'payment.query');
    return {
      cents: amountCents - before.balanceCents,
      why: `In QuickBooks ${openTooLittle(before, currency)}.`,
    };
  }

  private async again(payment: Payment): Promise<void> {
    const now = this.clock.now();
    const sincePaidMs = now.getTime() - payment.paidAt.getTime();
    const waitMs = Math.min(Math.max(sincePaidMs / 2, AGAIN_MIN_MS), AGAIN_MAX_MS);
    await this.payments.setInvoiceCheckAt(this.dataSource.manager, payment, after(now, waitMs));
  }
}
