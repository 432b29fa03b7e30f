import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { QboClient } from '../../src/qbo-sync/api/qbo.client.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
} from '../support/books.js';
import { addPerson, createOrg } from '../support/people.js';

describe('Voiding an invoice from the CRM', () => {
  let books: Books;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const askVoid = (id = proposalId) => contractor.admin.post(`/qbo/invoice/${id}/void`);
  const cancel = () => contractor.admin.patch(`/proposals/${proposalId}`, { status: 'cancelled' });
  const invoice = async () =>
    (await books.control.records(contractor.realmId, 'Invoice')).find((one) => one.Id === invoiceId)!;
  const voids = async () => (await books.control.calls(contractor.realmId)).operations['invoice.void'] ?? 0;

  /** Somebody acts in QuickBooks between our look at the invoice and our void of it, once. */
  function meanwhile(act: () => Promise<unknown>): void {
    const client = books.app.app.get(QboClient);
    vi.spyOn(client, 'voidInvoice').mockImplementationOnce(async (...call) => {
      await act();
      return QboClient.prototype.voidInvoice.apply(client, call);
    });
  }

  it('lets the proposal be cancelled, which it could not be before', async () => {
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'proposal_invoiced' } });
    expect(await askVoid()).toMatchObject({
      status: 200,
      body: { ok: true, proposal_id: proposalId, qbo_state: 'voided' },
    });
    expect(await invoice()).toMatchObject({ TotalAmt: 0, Balance: 0 });
    expect(await cancel()).toMatchObject({ status: 200, body: { status: 'cancelled', qbo_state: 'voided' } });
    expect(await eventsOf(contractor, proposalId)).toEqual([
      'approve',
      'invoice_created',
      'invoice_voided',
      'cancel',
    ]);
  });

  it('twice is the same as once', async () => {
    await askVoid();
    expect((await askVoid()).body).toMatchObject({ ok: true, qbo_state: 'voided' });
    expect(await voids()).toBe(1);
  });

  it('is refused where money is on it, and leaves it as it is', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 100 });
    const answer = await askVoid();
    expect(answer).toMatchObject({ status: 409, body: { code: 'invoice_has_payments' } });
    expect(answer.body.detail).toContain('100.00 USD');
    expect(await voids()).toBe(0);
    expect(await invoice()).toMatchObject({ TotalAmt: 3_750, Balance: 3_650 });
    expect(await cancel()).toMatchObject({ status: 409 });
  });

  it('is refused while it is not known what is on it', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 100 });
    await books.control.planFault({ operation: 'payment.query', kind: '500', realm_id: contractor.realmId });
    expect(await askVoid()).toMatchObject({ status: 409, body: { code: 'invoice_has_payments' } });
    expect(await voids()).toBe(0);
  });

  it('sets a credit free', async () => {
    const { value } = (await invoice()).CustomerRef as { value: string };
    await books.control.creditMemo(contractor.realmId, {
      customer_id: value,
      amount: 100,
      apply_to: invoiceId,
    });
    expect((await askVoid()).body).toMatchObject({ ok: true, qbo_state: 'voided' });
  });

  it('reads the invoice again where somebody changed it meanwhile', async () => {
    meanwhile(() => books.control.editInvoice(contractor.realmId, invoiceId, { amount: 4_000 }));
    expect((await askVoid()).body).toMatchObject({ ok: true, qbo_state: 'voided' });
    expect(await voids()).toBe(2);
  });

  it('is refused where somebody paid it meanwhile', async () => {
    meanwhile(() => books.control.receivePayment(contractor.realmId, invoiceId));
    expect(await askVoid()).toMatchObject({ status: 409, body: { code: 'invoice_has_payments' } });
    expect(await invoice()).toMatchObject({ TotalAmt: 3_750, Balance: 0 });
  });

  it('is found done where its answer was lost', async () => {
    await books.control.planFault({
      operation: 'invoice.void',
      kind: 'reset',
      when: 'after',
      realm_id: contractor.realmId,
    });
    expect((await askVoid()).body).toMatchObject({ ok: true, qbo_state: 'voided' });
    expect(await voids()).toBe(1);
  });

  it('is a soft answer where QuickBooks fails, and changes nothing', async () => {
    await books.control.planFault({ operation: 'invoice.*', kind: '500', realm_id: contractor.realmId });
    expect(await askVoid()).toMatchObject({ status: 200, body: { ok: false, error: expect.any(String) } });
    expect(await invoice()).toMatchObject({ TotalAmt: 3_750 });
  });

  it("is a bookkeeper's to ask for, and what was paid anyone's to read", async () => {
    for (const role of ['viewer', 'sales'] as const) {
      const person = await addPerson(books.app, contractor.orgId, [role]);
      expect((await person.post(`/qbo/invoice/${proposalId}/void`)).status).toBe(403);
      expect((await person.get(`/proposals/${proposalId}/payments`)).status).toBe(200);
    }
    const finance = await addPerson(books.app, contractor.orgId, ['finance']);
    expect((await finance.post(`/qbo/invoice/${proposalId}/void`)).body.ok).toBe(true);
  });

  it('needs an invoice, a connection, and a proposal of ours', async () => {
    const bare = await anApprovedProposal(contractor);
    expect((await askVoid(bare)).body).toMatchObject({ ok: false, error: 'No QBO invoice linked' });
    const stranger = await createOrg(books.app, 'Rival Roofing');
    expect((await stranger.admin.post(`/qbo/invoice/${proposalId}/void`)).status).toBe(404);
    await contractor.admin.post('/qbo/disconnect');
    expect((await askVoid()).body).toMatchObject({ ok: false, error: 'QBO not connected' });
  });
});
