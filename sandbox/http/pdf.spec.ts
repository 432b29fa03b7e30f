import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Body } from '../books/json.ts';
import { type Books, REALM, invoiceOf, openTestBooks, paymentOf } from '../testing/books.ts';
import { PdfFile, widthOf, wrapped } from './pdf-file.ts';

/** What each page says, in the order it is written. */
function pagesOf(file: string): string[][] {
  return [...file.matchAll(/stream\n([^]*?)\nendstream/g)].map(([, stream]) =>
    [...stream!.matchAll(/\((.*)\) Tj/g)].map(([, text]) => text!.replaceAll(/\\(.)/g, '$1')),
  );
}

describe('A document as PDF', () => {
  let books: Books;
  let customer: string;

  beforeEach(async () => {
    books = await openTestBooks();
    const BillAddr = {
      Line1: '5 Elm (rear)',
      City: 'Bend',
      CountrySubDivisionCode: 'OR',
      PostalCode: '97701',
    };
    customer = (await books.create('customer', { DisplayName: 'José Ruiz', BillAddr })).Id;
  });
  afterEach(() => books.close());

  async function fileOf(entity: string, id: string): Promise<string> {
    const headers = { authorization: 'Bearer good', accept: 'application/pdf' };
    const answer = await fetch(`${books.url}/v3/company/${REALM}/${entity}/${id}/pdf`, { headers });
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    return Buffer.from(await answer.arrayBuffer()).toString('latin1');
  }
  const wordsOf = async (entity: string, id: string): Promise<string[]> =>
    pagesOf(await fileOf(entity, id)).flat();

  it('says from whom and to whom it is, its number, dates, lines, tax, total and what is due', async () => {
    const Line = [
      ...(invoiceOf(customer, 1200).Line as Body[]),
      { DetailType: 'DiscountLineDetail', DiscountLineDetail: { PercentBased: true, DiscountPercent: 10 } },
    ];
    Object.assign(Line[0]!, { Description: 'Tear off\nand haul away' });
    const invoice = await books.create('invoice', {
      ...invoiceOf(customer, 1200),
      Line,
      TxnDate: '2027-01-10',
      SalesTermRef: { value: '3' },
      TxnTaxDetail: { TotalTax: 50 },
      CustomerMemo: { value: 'Thank you' },
    });
    await books.create('payment', paymentOf(customer, 200, invoice.Id));
    const words = await wordsOf('invoice', invoice.Id);
    expect(words).toEqual(
      expect.arrayContaining(['Test Company', '123 Sierra Way', 'INVOICE', 'José Ruiz', '5 Elm (rear)']),
    );
    expect(words).toEqual(
      expect.arrayContaining(['Bend, OR 97701', '1001', '2027-01-10', '2027-02-09', 'Net 30']),
    );
    const table = words.slice(words.indexOf('AMOUNT') + 1);
    expect(table.slice(0, 4)).toEqual(['Services', '', '', '1,200.00']);
    expect(table).toEqual(expect.arrayContaining(['Tear off', 'and haul away', 'Thank you']));
    const read = await books.read('invoice', invoice.Id);
    const shown = Object.fromEntries(
      ['Subtotal', 'Discount 10%', 'Total', 'Payments and credits', 'Balance due (USD)'].map((name) => [
        name,
        table[table.indexOf(name) + 1],
      ]),
    );
    expect(shown).toEqual({
      Subtotal: '1,200.00',
      'Discount 10%': '-120.00',
      Total: Number(read.TotalAmt).toLocaleString('en-US', { minimumFractionDigits: 2 }),
      'Payments and credits': '-200.00',
      'Balance due (USD)': Number(read.Balance).toLocaleString('en-US', { minimumFractionDigits: 2 }),
    });
  });

  it('goes over as many pages as it has lines for, each with the heads of its columns and its number', async () => {
    const [line] = invoiceOf(customer, 5).Line as Body[];
    const Line = Array.from({ length: 120 }, (_, index) => ({ ...line, Description: `Course ${index}` }));
    const { Id } = await books.create('invoice', { ...invoiceOf(customer, 5), Line });
    const pages = pagesOf(await fileOf('invoice', Id));
    expect(pages.length).toBeGreaterThan(2);
    const said = pages.flat().filter((word) => word.startsWith('Course '));
    expect(said).toEqual(Line.map(({ Description }) => Description));
    pages.forEach((page, index) => {
      expect(page).toContain('DESCRIPTION');
      expect(page.at(-1)).toContain(`page ${index + 1} of ${pages.length}`);
    });
  });

  it('yen have no decimals, and a payment names the invoice it is for by its number', async () => {
    await books.control.patchSwitches({ currencyDecimals: 'own' });
    await books.control.setPreferences(REALM, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(REALM, 'JPY');
    const tokyo = await books.create('customer', { DisplayName: 'Tokyo', CurrencyRef: { value: 'JPY' } });
    const money = { CurrencyRef: { value: 'JPY' }, ExchangeRate: 0.0065 };
    const invoice = await books.create('invoice', invoiceOf(tokyo.Id, 1_234_567, money));
    const payment = await books.create('payment', { ...paymentOf(tokyo.Id, 1000, invoice.Id), ...money });
    expect(await wordsOf('invoice', invoice.Id)).toEqual(
      expect.arrayContaining(['1,234,567', 'Balance due (JPY)', '1,233,567', '-1,000']),
    );
    expect(await wordsOf('payment', payment.Id)).toEqual(
      expect.arrayContaining(['PAYMENT RECEIPT', `Invoice ${invoice.DocNumber as string}`, '1,000']),
    );
  });

  it.each(['estimate', 'creditmemo', 'salesreceipt', 'refundreceipt', 'purchaseorder', 'bill'])(
    'a %s is one too',
    async (entity) => {
      await books.close();
      books = await openTestBooks({}, true);
      const { [Object.keys(await books.query(`select * from ${entity} maxresults 1`))[0]!]: found } =
        await books.query(`select * from ${entity} maxresults 1`);
      const [{ Id, TotalAmt }] = found as unknown as [{ Id: string; TotalAmt: number }];
      const words = await wordsOf(entity, Id);
      expect(words.map((word) => word.replaceAll(/[\s]/g, '').toLowerCase())).toContain(entity);
      expect(words).toContain(TotalAmt.toFixed(2));
    },
  );
});

describe('A PDF file', () => {
  it('has its objects where its table says, and the text as it was written', () => {
    const file = new PdfFile('a4', 'Offer (1)');
    file.addPage();
    file.text(50, 50, 'Łukasz – 5 € “fixed” 日本 \\ (ok)');
    const bytes = file.bytes().toString('latin1');
    const start = Number(/startxref\n(\d+)/.exec(bytes)![1]);
    const [, ...offsets] = bytes.slice(start).match(/^\d{10}/gm)!;
    offsets.forEach((offset, index) =>
      expect(bytes.slice(Number(offset))).toMatch(new RegExp(`^${index + 1} 0 obj\n`)),
    );
    expect(bytes).toContain('/Title (Offer \\(1\\))');
    expect(pagesOf(bytes)).toEqual([['Lukasz \u0096 5 \u0080 \u0093fixed\u0094 ?? \\ (ok)']]);
  });

  it('breaks a text between words, at its own breaks, and within a word that is too long', () => {
    expect(wrapped('one two three\nfour', widthOf('one two', 10), 10)).toEqual(['one two', 'three', 'four']);
    expect(wrapped('abcdef', widthOf('abc', 10), 10)).toEqual(['abc', 'def']);
    expect(widthOf('é', 10)).toBe(widthOf('e', 10));
  });
});
