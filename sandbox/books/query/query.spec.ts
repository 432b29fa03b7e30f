import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, invoiceOf, openTestBooks, REALM } from '../../testing/books.ts';

describe('a query', () => {
  let books: Books;
  const codeOf = (statement: string): Promise<string | null> => books.codeOf('POST', 'query', statement);
  const idsIn = async (statement: string, entity: string): Promise<unknown[]> =>
    (((await books.query(statement))[entity] ?? []) as { Id: string }[]).map((one) => one.Id);

  beforeAll(async () => {
    books = await openTestBooks();
    for (const DisplayName of ["Zed's Zoo", 'alpha', 'Beta']) await books.create('customer', { DisplayName });
    await books.create('invoice', invoiceOf('1', 10, { DocNumber: 'A-1', TxnDate: '2026-01-05' }));
    books.world.clock.advance(2000);
    await books.create('invoice', invoiceOf('2', 200.5, { DocNumber: 'A-2', TxnDate: '2026-02-05' }));
    books.world.clock.advance(2000);
    await books.create('invoice', invoiceOf('2', 30, { DocNumber: 'B-1', TxnDate: '2026-03-05' }));
    await books.change('customer', { Id: '3', SyncToken: '0', sparse: true, Active: false });
  });
  afterAll(() => books.close());

  it.each(['Invoice', "Invoice where Id = '999'"])('asks for no field there is not: %s', async (from) => {
    expect(await codeOf(`select Id, Colour from ${from}`)).toBe(
      await codeOf("select * from Invoice where Colour = '1'"),
    );
    expect(await codeOf(`select Id, DocNumber from ${from}`)).toBeNull();
  });

  it.each([
    ["select * from invoice where DocNumber = 'a-1'", ['101']],
    ["SELECT * FROM Invoice WHERE Balance > '10'", ['103', '102']],
    ["select * from Invoice where Balance = '200.50'", ['102']],
    ["select * from Invoice where TotalAmt >= '30' and CustomerRef = '2' orderby TotalAmt", ['103', '102']],
    ["select * from Invoice where DocNumber like 'A-%' ORDER BY Id DESC", ['102', '101']],
    ["select * from Invoice where Id in ('101', '103') orderby Id", ['101', '103']],
    ['select * from Invoice where Id = 102', ['102']],
    ["select * from Invoice where Id > '101' orderby Id", ['102', '103']],
    ["select * from Invoice where TxnDate > '2026-01-05' and TxnDate <= '2026-02-05'", ['102']],
    ["select * from Invoice where DocNumber != 'A-1' orderby TxnDate", ['102', '103']],
    ['select * from Invoice maxresults 1 startposition 2', ['102']],
    ['select * from Invoice startposition 2 maxresults 1', ['102']],
    [
      "select * from Invoice where metadata.lastupdatedtime >= '2020-01-01' orderby MetaData.CreateTime",
      ['101', '102', '103'],
    ],
  ])('%s', async (statement, ids) => {
    expect(await idsIn(statement, 'Invoice')).toEqual(ids);
  });

  it('escapes an apostrophe with a backslash', async () => {
    expect(
      await idsIn(String.raw`select * from Customer where DisplayName = 'Zed\'s Zoo'`, 'Customer'),
    ).toEqual(['1']);
  });

  it('gives transactions newest first and lists by name, active ones only', async () => {
    expect(await idsIn('select * from Invoice', 'Invoice')).toEqual(['103', '102', '101']);
    expect(await idsIn('select * from Customer', 'Customer')).toEqual(['2', '1']);
    expect(
      await idsIn('select * from Customer where Active in (true, false) orderby Id', 'Customer'),
    ).toEqual(['1', '2', '3']);
    expect(await idsIn('select * from Customer where Active = false', 'Customer')).toEqual(['3']);
  });

  it('has what was changed since it was asked before', async () => {
    const ann = (await books.create('customer', { DisplayName: 'Ann' })).Id;
    expect((await idsIn('select * from Customer', 'Customer')).slice(0, 2)).toEqual(['2', ann]);
    await books.change('customer', { Id: ann, SyncToken: '0', sparse: true, DisplayName: 'aaron' });
    expect((await idsIn('select * from Customer', 'Customer')).slice(0, 2)).toEqual([ann, '2']);
    expect(await idsIn('select * from Customer startposition 2 maxresults 1', 'Customer')).toEqual(['2']);
    await books.change('customer', { Id: ann, SyncToken: '1', sparse: true, Active: false });
    expect((await idsIn('select * from Customer', 'Customer'))[0]).toBe('2');
  });

  it('counts, even with a tail', async () => {
    expect(await books.query('select count(*) from Invoice')).toEqual({ totalCount: 3 });
    expect(await books.query('select count(*) from invoice startposition 1 maxresults 1000')).toEqual({
      totalCount: 3,
    });
  });

  it('says how many rows came back, and a total only for some entities', async () => {
    const invoices = await books.query('select * from Invoice maxresults 2');
    const customers = await books.query('select * from Customer');

    expect(invoices).toMatchObject({ startPosition: 1, maxResults: 2, totalCount: 2 });
    expect(customers).toMatchObject({ startPosition: 1, maxResults: 2 });
    expect(customers).not.toHaveProperty('totalCount');
    expect(await books.query("select * from Invoice where DocNumber = 'none'")).toEqual({});
  });

  it('returns only the fields asked for', async () => {
    const { Invoice } = await books.query("select Id, DocNumber from Invoice where Id = '101'");
    expect(Invoice).toEqual([{ Id: '101', DocNumber: 'A-1', domain: 'QBO', sparse: true }]);
  });

  it('travels in the URL as well', async () => {
    const { body } = await books.ask(
      'GET',
      `query?query=${encodeURIComponent("select * from Invoice where Id = '101'")}&minorversion=75`,
    );
    expect(body.QueryResponse).toMatchObject({ maxResults: 1 });
  });

  it('reads a time without offset as Pacific', async () => {
    const { Invoice } = await books.query("select * from Invoice where Id = '101'");
    const wall = (Invoice as { MetaData: { CreateTime: string } }[])[0]!.MetaData.CreateTime.slice(0, 19);
    expect(await idsIn(`select * from Invoice where MetaData.CreateTime = '${wall}'`, 'Invoice')).toEqual([
      '101',
    ]);
  });

  it.each([
    ['select * from Invoice where Balance > 0', '4000'],
    ["select * from Invoice where Id = '1' or Id = '2'", '4000'],
    ['select * from Invoice where', '4000'],
    ['select from Invoice', '4000'],
    ["select * from Invoice where DocNumber = 'open", '4000'],
    ['select * from Invoice group by Id', '4000'],
    ["select * from Invoice where NoSuchField = '1'", '4001'],
    ["select * from Invoice where PrivateNote = 'x'", '4001'],
    ["select * from Invoice where CustomerRef.value = '1'", '4001'],
    ["select * from Customer where CustomerTypeRef = '1'", '4001'],
    ['select * from Nonsense', '4001'],
    ['select * from Invoice startposition 0', '4001'],
    ['select * from Invoice maxresults 1001', '4001'],
    ["select * from Invoice where TxnDate = '2026-01-05' orderby PrivateNote", '4001'],
  ])('%s is refused with %s', async (statement, code) => {
    expect(await codeOf(statement)).toBe(code);
  });

  it('takes a day with a time where a day is compared', async () => {
    expect(
      await idsIn("select * from Invoice where TxnDate > '2026-02-05T00:00:00-08:00'", 'Invoice'),
    ).toEqual(['103']);
  });

  it('takes a number without quotes where the switch says so', async () => {
    await books.control.patchSwitches({ bareNumbers: 'allow' });
    expect(await idsIn('select * from Invoice where Balance > 10', 'Invoice')).toEqual(['103', '102']);
    await books.control.patchSwitches({ bareNumbers: 'refuse' });
    expect(await codeOf('select * from Invoice where Balance > 10')).toBe('4000');
  });

  it('says where it stumbled', async () => {
    const { body } = await books.ask('POST', 'query', 'select * from Invoice where Balance > 0');
    expect(body.Fault).toMatchObject({
      Error: [{ Detail: 'QueryParserError: Encountered " "> "" at line 1, column 37.' }],
    });
  });

  it('fails as JSON', async () => {
    const reply = await books.ask('POST', 'query', { query: 'select * from Invoice' });
    expect(reply.status).toBe(400);
  });

  it('shows each record as it is, though its text is kept from when it was shown before', async () => {
    const shown = async () => (await books.ask('POST', 'query', 'select * from Invoice orderby Id')).text;
    const rowsIn = (text: string) => text.slice(0, text.lastIndexOf('"time"'));
    const before = await shown();
    expect(JSON.stringify(JSON.parse(before))).toBe(before);
    expect(rowsIn(await shown())).toBe(rowsIn(before));

    await books.change('invoice', { Id: '101', SyncToken: '0', sparse: true, PrivateNote: 'seen' });
    await books.control.renameCustomer(REALM, '2', 'Alpha "& Sons"');

    const after = JSON.parse(await shown()) as { QueryResponse: { Invoice: Record<string, unknown>[] } };
    expect(after.QueryResponse.Invoice).toMatchObject([
      { Id: '101', PrivateNote: 'seen' },
      { Id: '102', CustomerRef: { value: '2', name: 'Alpha "& Sons"' } },
      { Id: '103', CustomerRef: { value: '2', name: 'Alpha "& Sons"' } },
    ]);
  });
});
