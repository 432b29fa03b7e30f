import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, invoiceOf, openTestBooks } from '../testing/books.ts';

describe('customers', () => {
  let books: Books;
  beforeAll(async () => {
    books = await openTestBooks();
  });
  afterAll(() => books.close());

  it('come back whole, with what QBO adds', async () => {
    const { status, body, headers } = await books.ask('POST', 'customer', {
      DisplayName: ' Acme GmbH ',
      CompanyName: 'Acme GmbH',
      GivenName: 'Eva',
      FamilyName: 'Ott',
      BillAddr: { Line1: 'Hauptstr. 1', City: 'Berlin' },
    });

    expect(status).toBe(200);
    expect(headers.get('intuit_tid')).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(body.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?-0[78]:00$/);
    expect(body.Customer).toMatchObject({
      DisplayName: 'Acme GmbH',
      FullyQualifiedName: 'Acme GmbH',
      PrintOnCheckName: 'Acme GmbH',
      Active: true,
      Taxable: true,
      Balance: 0,
      BalanceWithJobs: 0,
      CurrencyRef: { value: 'USD', name: 'United States Dollar' },
      DefaultTaxCodeRef: { value: '2' },
      BillAddr: { Id: expect.stringMatching(/^\d+$/), City: 'Berlin' },
      domain: 'QBO',
      sparse: false,
      SyncToken: '0',
      MetaData: { CreateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00$/) },
    });
  });

  it('are named after their person when no display name is given', async () => {
    expect(await books.create('customer', { GivenName: 'Ada', FamilyName: 'King' })).toMatchObject({
      DisplayName: 'Ada King',
      PrintOnCheckName: 'Ada King',
    });
  });

  it.each([
    { name: 'no name at all', body: { Notes: 'nobody' }, code: '6080' },
    { name: 'a colon in the name', body: { DisplayName: 'A:B' }, code: '2040' },
    { name: 'a tab in the given name', body: { DisplayName: 'Tab', GivenName: 'T\tb' }, code: '2040' },
    { name: 'a name of 501 characters', body: { DisplayName: 'x'.repeat(501) }, code: '2050' },
    {
      name: 'a phone number of 31 characters',
      body: { DisplayName: 'P', PrimaryPhone: { FreeFormNumber: '1'.repeat(31) } },
      code: '2050',
    },
    {
      name: 'an e-mail address without a host',
      body: { DisplayName: 'E', PrimaryEmailAddr: { Address: 'eva@' } },
      code: '2210',
    },
    { name: 'a field QBO does not have', body: { DisplayName: 'F', Colour: 'red' }, code: '2010' },
    {
      name: 'a delivery method QBO does not have',
      body: { DisplayName: 'D', PreferredDeliveryMethod: 'Pigeon' },
      code: '2170',
    },
    {
      name: 'a term that does not exist',
      body: { DisplayName: 'T', SalesTermRef: { value: '99' } },
      code: '2500',
    },
    {
      name: 'a foreign currency in a single-currency company',
      body: { DisplayName: 'C', CurrencyRef: { value: 'EUR' } },
      code: '2220',
    },
  ])('are refused with $code for $name', async ({ body, code }) => {
    expect(await books.codeOf('POST', 'customer', body)).toBe(code);
  });

  it('are refused with 2310 for an empty or broken body', async () => {
    expect(await books.codeOf('POST', 'customer')).toBe('2310');
    expect((await books.ask('POST', 'customer', '{"DisplayName":')).body.Fault).toMatchObject({
      Error: [{ code: '2310' }],
    });
  });

  it('share their names with vendors and employees, whatever the case', async () => {
    await books.control.createVendor('9341457021722202', 'Cal Telephone');
    await books.create('employee', { GivenName: 'Emily', FamilyName: 'Platt' });

    expect(await books.codeOf('POST', 'customer', { DisplayName: 'CAL telephone' })).toBe('6240');
    expect(await books.codeOf('POST', 'customer', { DisplayName: 'Emily Platt' })).toBe('6240');
    expect(await books.codeOf('POST', 'customer', { DisplayName: 'Cal Telegraph' })).toBeNull();
  });

  it('free their name when they are made inactive, and can still be read', async () => {
    const first = await books.create('customer', { DisplayName: 'Retired' });
    const retired = await books.change('customer', {
      Id: first.Id,
      SyncToken: '0',
      sparse: true,
      Active: false,
    });
    const second = await books.create('customer', { DisplayName: 'Retired' });
    const again = await books.change('customer', {
      Id: second.Id,
      SyncToken: '0',
      sparse: true,
      Active: false,
    });

    expect(retired).toMatchObject({
      DisplayName: 'Retired (deleted)',
      FullyQualifiedName: 'Retired (deleted)',
      Active: false,
    });
    expect(again.DisplayName).toBe('Retired (deleted 2)');
    expect(await books.read('customer', first.Id)).toMatchObject({ Active: false });
    expect(await books.codeOf('POST', 'invoice', invoiceOf(first.Id, 10))).toBe('610');
  });

  it('keep their SyncToken when nothing changes, and gain one when something does', async () => {
    const made = await books.create('customer', { DisplayName: 'Steady' });
    const same = await books.change('customer', {
      Id: made.Id,
      SyncToken: '0',
      sparse: true,
      DisplayName: 'Steady',
    });
    const other = await books.change('customer', {
      Id: made.Id,
      SyncToken: '0',
      sparse: true,
      Notes: 'pays late',
    });

    expect(same.SyncToken).toBe('0');
    expect(other.SyncToken).toBe('1');
  });

  it('refuse an update that has not seen the latest state', async () => {
    const made = await books.create('customer', { DisplayName: 'Contended' });
    await books.change('customer', { Id: made.Id, SyncToken: '0', sparse: true, Notes: 'first' });

    expect(
      await books.codeOf('POST', 'customer', { Id: made.Id, SyncToken: '0', sparse: true, Notes: 'second' }),
    ).toBe('5010');
    expect(await books.codeOf('POST', 'customer', { Id: made.Id, sparse: true, Notes: 'third' })).toBe(
      '2020',
    );
    expect(await books.codeOf('POST', 'customer', { Id: '9999', SyncToken: '0', Notes: 'nobody' })).toBe(
      '610',
    );
    expect(await books.codeOf('GET', 'customer/abc')).toBe('2030');
  });

  it('lose what a full update leaves out, and keep what a sparse one does', async () => {
    const made = await books.create('customer', {
      DisplayName: 'Whole',
      Notes: 'n',
      CompanyName: 'Whole Ltd',
    });
    const sparse = await books.change('customer', { Id: made.Id, SyncToken: '0', sparse: true, Notes: 'm' });
    const full = await books.change('customer', { Id: made.Id, SyncToken: '1', DisplayName: 'Whole' });

    expect(sparse).toMatchObject({ CompanyName: 'Whole Ltd', Notes: 'm' });
    expect(full).not.toHaveProperty('CompanyName');
    expect(full).toMatchObject({ Active: true, DisplayName: 'Whole', Balance: 0 });
  });

  it('are touched, but not rewritten, when their balance moves; so are those above them', async () => {
    const parent = await books.create('customer', { DisplayName: 'Parent' });
    const job = await books.create('customer', {
      DisplayName: 'Job',
      ParentRef: { value: parent.Id },
      Job: true,
    });
    books.world.clock.advance(5000);
    await books.create('invoice', invoiceOf(job.Id, 80.1));
    const [parentAfter, jobAfter] = [
      await books.read('customer', parent.Id),
      await books.read('customer', job.Id),
    ];

    expect(jobAfter).toMatchObject({
      Balance: 80.1,
      BalanceWithJobs: 80.1,
      SyncToken: '0',
      FullyQualifiedName: 'Parent:Job',
    });
    expect(parentAfter).toMatchObject({ Balance: 0, BalanceWithJobs: 80.1, SyncToken: '0' });
    expect(jobAfter.MetaData).not.toEqual(job.MetaData);
  });

  it('give their new name to what they own', async () => {
    const parent = await books.create('customer', { DisplayName: 'Old Name' });
    const job = await books.create('customer', { DisplayName: 'Roof', ParentRef: { value: parent.Id } });
    const invoice = await books.create('invoice', invoiceOf(parent.Id, 5));
    await books.control.renameCustomer('9341457021722202', parent.Id, 'New Name');

    expect(await books.read('customer', job.Id)).toMatchObject({ FullyQualifiedName: 'New Name:Roof' });
    expect(await books.read('invoice', invoice.Id)).toMatchObject({
      CustomerRef: { name: 'New Name' },
      SyncToken: '0',
    });
  });
});
