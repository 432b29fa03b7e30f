import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CompanyBooksRepository } from '../../../../currencies/company-books.repository.js';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import {
  homeTotalDiffers,
  invoiceUnwanted,
  totalDiffers,
} from '../../../../messages/reasons/invoice-reasons.js';
import type { ExchangeRate } from '../../../../platform/money/exchange-rate.js';
import type { CalendarDay } from '../../../../platform/time/calendar-day.js';
import { ActivityRepository } from '../../../../proposals/activity/activity.repository.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { ProposalCustomersRepository } from '../../../../proposals/rows/proposal-customers.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboInvoice } from '../../../api/model/qbo-objects.js';
import { subjectOfTotal, subjectOfUnwanted } from '../../../pull/invoices/monitors/edits/external-edits.js';
import { otherHomeTotalCents } from '../../../pull/invoices/monitors/edits/home-total.js';
import { HeldElsewhereService } from './held-elsewhere.service.js';

/** What was wanted: the invoice of a proposal, over so much. */
export interface WantedOfProposal {
  proposal: Lead;
  invoice: Invoice;
  wantedCents: number;
  /** What it was sent with; null in the home currency, and for an invoice that a person made. */
  exchangeRate: ExchangeRate | null;
  /** The date that it was sent with; null for an invoice that a person made. */
  sentOn: CalendarDay | null;
}

/** Asks a person about an invoice that was just made in QuickBooks where it is not what was wanted, or not any more. */
@Injectable()
export class CreatedInvoiceQuestionsService {
  constructor(
    private readonly customers: ProposalCustomersRepository,
    private readonly activity: ActivityRepository,
    private readonly books: CompanyBooksRepository,
    private readonly heldElsewhere: HeldElsewhereService,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the transaction that writes down that the invoice is made; it has read the proposal under its lock. */
  async ask(
    tx: EntityManager,
    company: QboCompany,
    wanted: WantedOfProposal,
    made: QboInvoice,
  ): Promise<void> {
    await this.askAboutTotals(tx, wanted, made);
    await this.askWhetherWanted(tx, wanted, made);
    await this.heldElsewhere.report(tx, company, wanted.invoice, made);
  }

  /** What QuickBooks made the invoice come to, in its currency and in the home currency, is as it was sent. */
  private async askAboutTotals(
    tx: EntityManager,
    { proposal, invoice, wantedCents, exchangeRate }: WantedOfProposal,
    made: QboInvoice,
  ): Promise<void> {
    const { orgId, id, name, customerId, currency } = proposal;
    const isOver = made.totalCents !== wantedCents;
    const books = exchangeRate === null ? null : await this.books.find(tx, orgId);
    const homeCents = books && otherHomeTotalCents(made, exchangeRate, books.homeCurrency);
    if (!isOver && homeCents === null) return;
    const home = homeCents === null ? {} : { home_cents: made.homeTotalCents, sent_home_cents: homeCents };
    await this.activity.log(tx, {
      orgId,
      customerId,
      proposalId: id,
      occurrence: made.id,
      event: 'invoice_total_differs',
      meta: {
        qbo_invoice_id: made.id,
        qbo_invoice_number: made.docNumber,
        amount_cents: made.totalCents,
        sent_cents: wantedCents,
        ...home,
      },
    });
    const customer = await this.customers.nameOf(tx, { orgId, proposalId: id });
    const named = { id, name, customer };
    const inHome = (cents: number) => ({ cents, currency: books!.homeCurrency });
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOfTotal(invoice.id),
      code: 'total_differs',
      reason: isOver
        ? totalDiffers(named, { cents: made.totalCents, currency }, { cents: wantedCents, currency })
        : homeTotalDiffers(named, inHome(made.homeTotalCents!), inHome(homeCents!)),
      proposalId: id,
    });
  }

  /** Somebody cancelled the proposal while its invoice was being made. Its row is locked, so this is its last word. */
  private async askWhetherWanted(
    tx: EntityManager,
    { proposal, invoice: { id: invoiceId } }: WantedOfProposal,
    made: QboInvoice,
  ): Promise<void> {
    if (proposal.status !== 'cancelled') return;
    const { orgId, id, name, currency } = proposal;
    const customer = await this.customers.nameOf(tx, { orgId, proposalId: id });
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOfUnwanted(invoiceId),
      code: 'invoice_unwanted',
      reason: invoiceUnwanted({ id, name, customer }, made.docNumber ?? made.id, {
        cents: made.totalCents,
        currency,
      }),
      invoiceId,
      proposalId: id,
      customerId: proposal.customerId,
    });
  }
}
