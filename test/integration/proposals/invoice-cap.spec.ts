import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, anApprovedProposal } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

describe('Invoices', () => {
  let books: BooksWithStripe;

  beforeAll(async () => {
    books = await startBooksWithStripe({ INVOICES_PER_DAY: '2' });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  it('are so many a day by people, and more by payments', async () => {
    const contractor = await aContractor(books);
    const { admin } = contractor;
    const proposals = [];
    for (let n = 0; n < 4; n += 1) proposals.push(await anApprovedProposal(contractor));
    const [first, second, third, paid] = proposals;
    const invoice = (proposalId: number) => admin.post(`/qbo/invoice/${proposalId}`);
    expect([(await invoice(first!)).body.status, (await invoice(second!)).body.status]).toEqual([
      'created',
      'created',
    ]);
    const over = await invoice(third!);
    expect([over.status, over.body.code]).toEqual([429, 'too_many_invoices']);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(86_000);
    expect((await invoice(first!)).body.status).toBe('exists');

    await payDeposit(books, admin, paid!);
    await eventually(async () => {
      const { qbo_invoice_id: id } = (await admin.get(`/proposals/${paid}`)).body;
      if (!id) throw new Error('the paid deposit is not invoiced yet');
    });
    await books.database.query(`update invoices set created_at = created_at - interval '1 day'`);
    expect((await invoice(third!)).body.status).toBe('created');
  });

  it('are no more than that where many are asked for at once', async () => {
    const contractor = await aContractor(books);
    const proposals: number[] = [];
    for (let n = 0; n < 6; n += 1) proposals.push(await anApprovedProposal(contractor));
    const answers = await Promise.all(proposals.map((id) => contractor.admin.post(`/qbo/invoice/${id}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ body }) => body.code === 'too_many_invoices')).toHaveLength(4);
  });
});
