import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, anApprovedProposal, type Contractor } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

describe('Whoever asks for an invoice', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe();
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const requests = async (proposalId: number): Promise<Json[]> => {
    const { body } = await contractor.admin.get('/audit?action=invoice.requested');
    return (body.items as Json[]).filter(({ subject }) => subject === `proposal:${proposalId}`);
  };

  it('is in the audit log once for each invoice that was made for it', async () => {
    const proposalId = await anApprovedProposal(contractor);
    for (const status of ['created', 'exists']) {
      const { body } = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
      expect(body).toMatchObject({ status });
    }
    expect(await requests(proposalId)).toMatchObject([
      { actor: { id: contractor.admin.userId }, after: { kind: 'deposit', sequence: 1, again: false } },
    ]);
  });

  it('has asked for it again only where there was one before', async () => {
    const proposalId = await anApprovedProposal(contractor);
    await contractor.admin.post(`/proposals/${proposalId}/contract/entries/1/bill`);
    const again = async (): Promise<unknown[]> =>
      (await requests(proposalId)).map(({ after }) => after.again).toReversed();
    expect(await again()).toEqual([false]);
    const { body } = await contractor.admin.get(`/invoices?proposal_id=${proposalId}`);
    const { id } = (body.items as Json[])[0] as { id: number };
    await contractor.admin.post(`/invoices/${id}/void`);
    await contractor.admin.post(`/invoices/${id}/remake`);
    expect(await again()).toEqual([false, true]);
  });

  it('is nobody where it follows from a payment, though it is tried', async () => {
    const proposalId = await anApprovedProposal(contractor);
    await books.control.planFault({ operation: 'invoice.create', realm_id: contractor.realmId, kind: '500' });
    await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => {
      const [row] = await books.database.query<{ attempts: number }>(
        `select attempts from sync_operations where kind = 'invoice.create' and proposal_id = $1`,
        [proposalId],
      );
      expect(row?.attempts).toBeGreaterThan(0);
    });
    expect(await requests(proposalId)).toEqual([]);
  });
});
