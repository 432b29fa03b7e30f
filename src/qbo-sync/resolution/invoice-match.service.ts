import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { FoundDocument } from '../../inbox/resolutions.service.js';
import type { Invoice } from '../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { retryOnConflict } from '../../platform/database/failures/retry.js';
import { violatesUnique } from '../../platform/database/failures/sqlstate.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import type { QboCompany } from '../api/model/qbo-company.js';
import type { QboInvoice } from '../api/model/qbo-objects.js';
import { QboClient } from '../api/qbo.client.js';
import { ConnectionService } from '../connection/connection.service.js';
import { CustomerLinksRepository, linkInto } from '../push/customers/customer-links.repository.js';
import { DepositWordingService } from '../push/invoices/draft/deposit-wording.service.js';
import { InvoiceCreatedHandlerService } from '../push/invoices/create/invoice-created-handler.service.js';
import { totalWithTaxCents } from '../push/invoices/references/invoice-tax.js';
import { ManualMatchService } from './manual-match.service.js';
import { invoiceMismatch } from './match-check.js';

/** Takes an invoice that a person found or typed in in QuickBooks for the one that is wanted. */
@Injectable()
export class InvoiceMatchService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly connections: ConnectionService,
    private readonly customers: CustomerLinksRepository,
    private readonly client: QboClient,
    private readonly deposits: DepositWordingService,
    private readonly createdHandler: InvoiceCreatedHandlerService,
    private readonly manualMatch: ManualMatchService,
  ) {}

  /** Throws a conflict where it is not plausible or another proposal's, or where the wanted one is linked already. */
  async adopt(
    orgId: number,
    invoiceId: number,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const { manager } = this.dataSource;
    const company = await this.connections.requireCompany(orgId);
    const wanted = await this.invoices.getInOrg(manager, orgId, invoiceId);
    const proposal = await this.proposals.getInOrg(manager, orgId, wanted.proposalId);
    assertUnlinked(wanted);
    const [newest, ...earlier] = await this.manualMatch.triesAt('invoice.create', orgId, wanted.id);
    const qboCustomerId = await this.customerIn(company, proposal);
    const { payload } = newest;
    const expectedCents = wanted.amountCents ?? (await this.deposits.of(proposal)).cents;
    const invoice = await this.manualMatch.read(company, found, () =>
      this.client.invoices.get(company, found.id),
    );
    const { lines } = payload;
    const amountCents = lines ? totalWithTaxCents({ ...payload, lines }, invoice) : expectedCents;
    const requestIds = [newest, ...earlier].map(({ requestId }) => requestId);
    const expected = { qboCustomerId, amountCents, currency: proposal.currency, requestIds };
    this.manualMatch.assertMatches(invoiceMismatch(invoice, expected));

    const link = () =>
      this.dataSource.transaction(async (tx) => {
        await this.proposals.getForUpdate(tx, orgId, proposal.id);
        assertUnlinked(await this.invoices.getInOrg(tx, orgId, invoiceId));
        await this.manualMatch.finish(tx, company, newest, { id: invoice.id, payload: newest.payload });
        const applied = await this.createdHandler.settle(
          tx,
          company,
          { proposal, invoice: wanted, wantedCents: amountCents, exchangeRate: null, sentOn: null },
          invoice,
        );
        await also(tx);
        return applied;
      });
    const settled = await retryOnConflict(link).catch((error: unknown) => {
      throw violatesUnique(error, 'invoices_qbo_key') ? takenAlready(invoice) : error;
    });
    this.createdHandler.count(company, settled);
  }

  private async customerIn(company: QboCompany, { orgId, customerId }: Lead): Promise<string> {
    const link = linkInto(company, await this.customers.get(orgId, customerId!));
    if (link) return link.qboCustomerId;
    throw new DomainError(
      'conflict',
      'customer_not_linked',
      'The customer of this proposal is not tied to QuickBooks yet, so the invoice cannot be compared. ' +
        'Sync the customer first.',
    );
  }
}

function assertUnlinked({ proposalId, qboInvoiceId, number }: Invoice): void {
  if (qboInvoiceId === null) return;
  throw new DomainError(
    'conflict',
    'invoice_linked_already',
    `Proposal ${proposalId} has invoice ${number ?? qboInvoiceId} already. Resolve this without a document.`,
  );
}

function takenAlready({ id, docNumber }: QboInvoice): DomainError {
  return new DomainError(
    'conflict',
    'document_taken',
    `Invoice ${docNumber ?? id} belongs to another proposal already.`,
  );
}
