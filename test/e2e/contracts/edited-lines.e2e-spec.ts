import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { DepositItemService } from '../../../src/qbo-sync/push/invoices/references/deposit-item.service.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anApprovedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { openItems } from '../../support/inbox.js';
import { ledgerChange, ledgerOf, type LedgerTotals } from '../../support/ledger.js';
import { createOrg, type Json } from '../../support/people.js';
import { connect } from '../../support/qbo.js';

const VALUE = 1_000_000;
const DEPOSIT = 300_000;
const PROGRESS = 400_000;
const WITHHELD = 40_000;
/** A product of the company that we send nothing under. */
const SERVICES = '1';

/** A line whose amount was changed, which has no price of a piece any more. */
function asLine({ SalesItemLineDetail: detail, ...line }: Json): Json {
  const { UnitPrice: _price, Qty: _count, ...rest } = detail ?? {};
  return detail ? { ...line, SalesItemLineDetail: rest } : line;
}

let books: Books;

beforeAll(async () => {
  books = await openBooks();
});

afterAll(() => books?.[Symbol.asyncDispose]());

describe.each([
  { mode: 'income', tax: {} },
  { mode: 'liability', tax: {} },
  { mode: 'liability', tax: { tax_mode: 'ours', tax_percent: 7.25 } },
])('Lines of ours that a bookkeeper takes off an invoice, deposits as $mode, $tax', ({ mode, tax }) => {
  let contractor: Contractor;
  let before: LedgerTotals;
  let id: number;

  beforeAll(async () => {
    const { orgId, admin } = await createOrg(books.app, mode);
    const { realm_id: realmId } = await books.control.createCompany({ name: mode });
    await connect(books.app, admin, { realmId });
    await books.control.setPreferences(realmId, { PartnerTaxEnabled: false });
    const settings = { revenue_policy: 'invoice', deposit_mode: mode, retainage_percent: 10, ...tax };
    await admin.patch('/org/settings', settings);
    await admin.post('/qbo/preflight');
    contractor = { orgId, admin, realmId };
    await another();
  });

  /** Another contract, of which nothing is billed yet. */
  const another = async (): Promise<void> => {
    before = await ledgerOf(books, contractor);
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await contractor.admin.put(`/proposals/${id}/contract/schedule`, {
      entries: [{ kind: 'progress', percent: 40 }],
    });
  };
  const bill = async (entry: number): Promise<string> => {
    const path = `/proposals/${id}/contract/entries/${entry}/bill`;
    return (await contractor.admin.post(path)).body.invoice.qbo_invoice_id as string;
  };
  const linesOf = async (invoiceId: string): Promise<Json[]> => {
    const records = (await books.control.records(contractor.realmId, 'Invoice')) as unknown as Json[];
    return records.find(({ Id }) => Id === invoiceId)!.Line as Json[];
  };
  const setLines = async (invoiceId: string, Line: readonly Json[]): Promise<void> => {
    await books.control.editInvoice(contractor.realmId, invoiceId, { Line });
    await pollCompany(books, contractor);
  };
  const contract = async (): Promise<Json> => {
    const { body } = await contractor.admin.get(`/proposals/${id}/contract`);
    const { billed_cents, retained_cents, deposit_held_cents } = body;
    return { billed: billed_cents, retained: retained_cents, held: deposit_held_cents };
  };
  /** Nothing differs from the income of QuickBooks, and what is held is on its account. */
  const agrees = async (): Promise<void> => {
    const { items } = (await contractor.admin.post('/reports/revenue/compare', { basis: 'accrual' })).body;
    expect(items[0].reasons).toEqual([]);
    const { deposits } = ledgerChange(before, await ledgerOf(books, contractor));
    expect((await contract()).held).toBe(0 - deposits);
  };
  /** Credits work on the invoice of a deposit that is held, then a part of the deposit, and takes both out again. */
  const creditedAndTakenBack = async (apply_to: string, depositLine: Json, work: number): Promise<void> => {
    const { admin, realmId } = contractor;
    await admin.get('/reports/aging?scope=company'); // from now on the documents of the company are mirrored
    const invoices = (await books.control.records(realmId, 'Invoice')) as unknown as Json[];
    const customer_id = invoices.find(({ Id }) => Id === apply_to)!.CustomerRef.value as string;
    const { ItemRef, TaxCodeRef } = depositLine.SalesItemLineDetail;
    const credit = async (amount: number, item: Json): Promise<string> => {
      const SalesItemLineDetail = { ItemRef: item, TaxCodeRef };
      const Line = [{ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail }];
      const { Id } = await books.control.creditMemo(realmId, { customer_id, amount, Line, apply_to });
      await pollCompany(books, contractor);
      return Id;
    };
    const ofWork = await credit(100, { value: SERVICES });
    expect(await contract()).toEqual({ billed: work - 10_000, retained: 0, held: DEPOSIT });
    await agrees();
    // Revenue follows also where it is known later only which product is that of deposits, and once it is another.
    const { orgId } = contractor;
    const known = await books.database.query<{ name: string; qbo_item_id: string }>(
      'delete from qbo_items where org_id = $1 returning name, qbo_item_id',
      [orgId],
    );
    const ofDeposit = await credit(50, ItemRef);
    await admin.get('/reports/revenue');
    for (const { name, qbo_item_id } of known)
      await books.database.query(
        'insert into qbo_items (org_id, realm_id, name, qbo_item_id) values ($1, $2, $3, $4)',
        [orgId, realmId, name, qbo_item_id],
      );
    expect(await contract()).toEqual({ billed: work - 10_000, retained: 0, held: DEPOSIT - 5_000 });
    await agrees();
    const company = (await books.app.app.get(ConnectionService).company(orgId))!;
    await books.app.app.get(DepositItemService).invalidate(company, 'Customer Deposit', 'deposits');
    expect(await contract()).toEqual({ billed: work - 10_000, retained: 0, held: DEPOSIT - 5_000 });
    await agrees();
    for (const memo of [ofWork, ofDeposit]) await books.control.deleteCreditMemo(realmId, memo);
    await pollCompany(books, contractor);
    expect(await contract()).toEqual({ billed: work, retained: 0, held: DEPOSIT });
  };
  const codes = async (): Promise<string[]> =>
    (await openItems(contractor.admin)).map(({ code }) => code as string).toSorted();

  it('withhold and release nothing there, and do again once they are back', async () => {
    await bill(1);
    const held = mode === 'liability' ? DEPOSIT : 0;
    const billedDeposit = DEPOSIT - held;
    const progress = await bill(2);
    await agrees();
    const asSent = await linesOf(progress);
    await setLines(
      progress,
      asSent.filter(({ Amount }) => Amount > 0),
    );
    expect(await contract()).toEqual({ billed: billedDeposit + PROGRESS, retained: 0, held });
    await agrees();
    const half = asSent.map((line) => (line.Amount < 0 ? { ...line, Amount: line.Amount / 2 } : line));
    await setLines(progress, half.map(asLine));
    expect(await contract()).toEqual({ billed: billedDeposit + PROGRESS, retained: WITHHELD / 2, held });
    await agrees();
    await setLines(progress, asSent);
    expect(await contract()).toEqual({ billed: billedDeposit + PROGRESS, retained: WITHHELD, held });
    await agrees();
    expect(await codes()).toEqual([]);

    const final = await bill(3);
    const finalLines = await linesOf(final);
    expect(await contract()).toEqual({ billed: VALUE, retained: 100_000, held: 0 });
    await setLines(
      final,
      finalLines.filter(({ Description }) => !String(Description).startsWith('Less')),
    );
    expect(await contract()).toEqual({ billed: VALUE + billedDeposit, retained: 100_000, held });
    await agrees();
    const excess = mode === 'liability' ? ['deposit_exceeds_final'] : [];
    expect(await codes()).toEqual([...excess, 'invoice_drift']);
    await setLines(final, finalLines);
    expect(await contract()).toEqual({ billed: VALUE, retained: 100_000, held: 0 });
    await agrees();
    expect(await codes()).toEqual([]);
  });

  it('count as they stand there also where the total of the invoice stays as it was', async () => {
    await another();
    await bill(1);
    const held = mode === 'liability' ? DEPOSIT : 0;
    const billedDeposit = DEPOSIT - held;
    const progress = await bill(2);
    const asSent = await linesOf(progress);
    const isWithheld = ({ Description }: Json): boolean => String(Description).startsWith('Retainage');
    const [work] = asSent;
    expect(asSent.filter(isWithheld)).toMatchObject([{ Amount: -WITHHELD / 100 }]);
    const offWork = { ...work, Amount: work!.Amount - WITHHELD / 100 };
    await setLines(progress, [
      asLine(offWork),
      ...asSent.slice(1).filter((line) => line.SalesItemLineDetail && !isWithheld(line)),
    ]);
    expect(await contract()).toEqual({ billed: billedDeposit + PROGRESS - WITHHELD, retained: 0, held });
    await agrees();
    await setLines(progress, asSent);
    expect(await contract()).toEqual({ billed: billedDeposit + PROGRESS, retained: WITHHELD, held });
    await agrees();

    const final = await bill(3);
    const finalLines = await linesOf(final);
    const isRelease = ({ Description }: Json): boolean => String(Description).startsWith('Less');
    const release = finalLines.find(isRelease)!;
    const { ItemRef } = finalLines[0]!.SalesItemLineDetail;
    const detail = { ItemRef, TaxCodeRef: release.SalesItemLineDetail.TaxCodeRef };
    await setLines(
      final,
      finalLines.map((line) => (isRelease(line) ? { ...line, SalesItemLineDetail: detail } : line)),
    );
    expect(await contract()).toEqual({ billed: VALUE - held, retained: 100_000, held });
    await agrees();
    await setLines(final, finalLines);
    expect(await contract()).toEqual({ billed: VALUE, retained: 100_000, held: 0 });
    await agrees();
    expect(await codes()).toEqual([]);
  });

  it('are work where they stand on the invoice of the deposit and are none of it', async () => {
    await another();
    const deposit = await bill(1);
    const asSent = await linesOf(deposit);
    const held = mode === 'liability' ? DEPOSIT : 0;
    const permit = 25_000;
    const { TaxCodeRef } = asSent[0]!.SalesItemLineDetail;
    const line = {
      Amount: permit / 100,
      DetailType: 'SalesItemLineDetail',
      Description: 'Permit',
      SalesItemLineDetail: { ItemRef: { value: SERVICES }, TaxCodeRef },
    };
    await setLines(deposit, [...asSent, line]);
    expect(await contract()).toEqual({ billed: DEPOSIT - held + permit, retained: 0, held });
    await agrees();
    if (held > 0 && !('tax_mode' in tax)) await creditedAndTakenBack(deposit, asSent[0], permit);
    // A part of the deposit becomes a fee, and the total is again what was sent.
    const part = { ...asSent[0]!, Amount: (DEPOSIT - permit) / 100 };
    await setLines(deposit, [asLine(part), line]);
    expect(await contract()).toEqual({
      billed: held === 0 ? DEPOSIT : permit,
      retained: 0,
      held: held === 0 ? 0 : DEPOSIT - permit,
    });
    await agrees();
    const final = await bill(3);
    const off = (await linesOf(final)).find(({ Description }) => String(Description).startsWith('Less'));
    expect(off).toMatchObject({ Amount: (held === 0 ? -DEPOSIT : permit - DEPOSIT) / 100 });
    expect(await contract()).toMatchObject({ billed: VALUE, held: 0 });
    await agrees();
  });
});
