import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { PaymentInboxService } from '../../../payments/ledger/payment-inbox.service.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { openTooLittle } from './overpayment.js';

/**
 * Looks at the invoice of a payment that the bookkeeper will enter, at the moment the payment is taken up: where less
 * is open than was paid, the debt was paid in another way before, and a person is asked. One metered read a payment.
 */
@Injectable()
export class UnrecordedPaymentCheckService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly payments: PaymentsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly connections: ConnectionService,
    private readonly refresh: InvoiceRefreshService,
    private readonly inbox: PaymentInboxService,
  ) {}

  async check(orgId: number, paymentId: number): Promise<void> {
    const { manager } = this.dataSource;
    const payment = await this.payments.find(manager, orgId, paymentId);
    const company = await this.connections.company(orgId);
    if (!payment || !company) return;
    const { proposalId, invoiceKind, invoiceSequence } = payment;
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, invoiceKind, invoiceSequence);
    if (!invoice?.qboInvoiceId) return;
    const snapshot = await this.refresh.snapshot(company, invoice.qboInvoiceId);
    await this.refresh.apply(company, [snapshot]);
    const openCents = snapshot.deleted ? 0 : snapshot.invoice.balanceCents;
    if (openCents >= payment.amountCents) return;
    const why = snapshot.deleted
      ? 'Its invoice was deleted in QuickBooks.'
      : `In QuickBooks ${openTooLittle(snapshot.invoice, payment.currency)}.`;
    await this.dataSource.transaction((tx) =>
      this.inbox.reportNotOwed(tx, payment, payment.amountCents - openCents, why),
    );
  }
}
