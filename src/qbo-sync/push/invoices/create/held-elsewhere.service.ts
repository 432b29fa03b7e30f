import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { heldElsewhere } from '../../../../contracts/billing/held-elsewhere.js';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { isLive } from '../../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import { heldInOtherBooks } from '../../../../messages/reasons/invoice-reasons.js';
import { ProposalCustomersRepository } from '../../../../proposals/rows/proposal-customers.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboInvoice } from '../../../api/model/qbo-objects.js';
import { subjectOfHeld } from '../../../pull/invoices/monitors/edits/external-edits.js';

/**
 * Has a person move what an invoice settles of a deposit or of retainage that stands in the books of the company
 * before: the customer owes what the invoice says, and both companies keep a balance that nobody owes.
 */
@Injectable()
export class HeldElsewhereService {
  constructor(
    private readonly invoices: InvoicesRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the transaction that writes down that the invoice is made. */
  async report(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoice: Invoice,
    { id, docNumber }: QboInvoice,
  ): Promise<void> {
    const { proposalId, currency } = invoice;
    if (invoice.releasedCents === 0 && invoice.retainedCents >= 0) return;
    const made = await this.invoices.listMade(tx, orgId, [proposalId]);
    const { depositCents, retainageCents } = heldElsewhere(invoice, realmId, made.filter(isLive));
    if (depositCents + retainageCents === 0 || (await this.isMoved(tx, invoice, made))) return;
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const amount = (cents: number) => (cents === 0 ? null : { cents, currency });
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOfHeld(invoice.id),
      code: 'held_elsewhere',
      reason: heldInOtherBooks(
        { number: docNumber ?? id, proposalId, customer },
        amount(depositCents),
        amount(retainageCents),
      ),
      proposalId,
    });
  }

  /** True where a person has moved it for an invoice in whose place this one is made. */
  private async isMoved(
    tx: EntityManager,
    { orgId, id, kind, sequence }: Invoice,
    made: readonly Invoice[],
  ): Promise<boolean> {
    const earlier = made.filter((one) => one.id !== id && one.kind === kind && one.sequence === sequence);
    for (const one of earlier)
      if ((await this.inbox.lastDecision(tx, orgId, subjectOfHeld(one.id))) === 'resolved') return true;
    return false;
  }
}
