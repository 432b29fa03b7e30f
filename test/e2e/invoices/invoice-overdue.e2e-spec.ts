import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, anInvoicedProposal, type Books, openBooks, pollCompany } from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';

describe('An invoice falls overdue at midnight of its company', () => {
  const clock = new FakeClock(new Date());
  let books: Books;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' }, clock);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  it.each([
    {
      name: 'on an ordinary day in Denver',
      zone: 'America/Denver',
      invoicedAt: '2027-01-10T18:00:00Z',
      lastOpenAt: '2027-01-25T06:59:59Z',
      overdueAt: '2027-01-25T07:00:00Z',
    },
    {
      name: 'in Denver on the day the clocks go forward',
      zone: 'America/Denver',
      invoicedAt: '2027-02-28T18:00:00Z',
      lastOpenAt: '2027-03-15T05:59:59Z',
      overdueAt: '2027-03-15T06:00:00Z',
    },
    {
      name: 'in Denver on the day they go back',
      zone: 'America/Denver',
      invoicedAt: '2027-10-24T18:00:00Z',
      lastOpenAt: '2027-11-08T06:59:59Z',
      overdueAt: '2027-11-08T07:00:00Z',
    },
    {
      name: 'in Auckland, where the next day began before Greenwich had its noon',
      zone: 'Pacific/Auckland',
      invoicedAt: '2027-12-01T18:00:00Z',
      lastOpenAt: '2027-12-16T10:59:59Z',
      overdueAt: '2027-12-16T11:00:00Z',
    },
  ])('$name', async ({ zone, invoicedAt, lastOpenAt, overdueAt }) => {
    clock.set(invoicedAt);
    const contractor = await aContractor(books);
    await contractor.admin.patch('/org/settings', { time_zone: zone, terms_days: 14 });
    const { proposalId } = await anInvoicedProposal(contractor);
    const stateAt = async (instant: string): Promise<string> => {
      clock.set(instant);
      await pollCompany(books, contractor);
      // Signed in two weeks before: the row is asked, not the API.
      const [lead] = await books.database.query<{ state: string }>(
        'select state from invoices where proposal_id = $1',
        [proposalId],
      );
      return lead!.state;
    };
    expect(await stateAt(lastOpenAt)).toBe('open');
    expect(await stateAt(overdueAt)).toBe('overdue');
  });
});
