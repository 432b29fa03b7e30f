import type { QboRecord } from '../../sandbox/control-client.ts';
import { type Act, type Doing, one, textIn } from './deed.ts';
import { lastMonth } from './reading.ts';

/** Our invoices that are there, whatever the CRM knows of them; the proposal is in their numbers. */
async function invoiceOf({ at, contractor, deed }: Doing): Promise<QboRecord | undefined> {
  const records = await at.control.records(contractor.realmId, 'Invoice');
  const ours = records.filter(
    ({ DocNumber, status, TotalAmt }) =>
      textIn(DocNumber).startsWith('CRM-') && status !== 'Deleted' && Number(TotalAmt) > 0,
  );
  return ours[deed.which % Math.max(1, ours.length)];
}

async function paymentOf({ at, contractor, deed }: Doing): Promise<QboRecord | undefined> {
  const records = await at.control.records(contractor.realmId, 'Payment');
  const there = records.filter(({ status, TotalAmt }) => status !== 'Deleted' && Number(TotalAmt) > 0);
  return there[deed.which % Math.max(1, there.length)];
}

function isOurs({ PrimaryEmailAddr }: QboRecord): boolean {
  const address = (PrimaryEmailAddr as { Address?: string } | undefined)?.Address;
  return address?.endsWith('@chaos.test') ?? false;
}

function currencyIn({ CurrencyRef }: QboRecord): string {
  return (CurrencyRef as { value?: string } | undefined)?.value ?? 'USD';
}

function toInvoice(act: (doing: Doing, invoice: QboRecord) => Promise<unknown>): Act {
  return async (doing) => {
    const invoice = await invoiceOf(doing);
    if (!invoice) return undefined;
    await act(doing, invoice);
    const number = textIn(invoice.DocNumber);
    const proposalId = Number(/^CRM-(\d+)/.exec(number)?.[1]);
    return {
      job: doing.contractor.jobs.find((job) => job.proposalId === proposalId),
      result: `${number} (${invoice.Id})`,
    };
  };
}

function toPayment(act: (doing: Doing, payment: QboRecord) => Promise<unknown>): Act {
  return async (doing) => {
    const payment = await paymentOf(doing);
    if (!payment) return undefined;
    await act(doing, payment);
    return { result: `payment ${payment.Id}, "${textIn(payment.PrivateNote)}"` };
  };
}

/** What the bookkeeper does by hand in QuickBooks. */
export const bookkeeping = {
  cheque: toInvoice(async ({ at, contractor, deed }, invoice) => {
    const { Id, Balance } = invoice;
    const amount = Math.round(Number(Balance) * deed.share) / 100;
    const rate = currencyIn(invoice) === 'EUR' ? { ExchangeRate: contractor.rate } : {};
    if (amount > 0) await at.control.receivePayment(contractor.realmId, Id, { amount, ...rate });
  }),
  'edit invoice': toInvoice(({ at, contractor, deed }, { Id, TotalAmt }) =>
    at.control.editInvoice(
      contractor.realmId,
      Id,
      deed.share < 50 ? { CustomerMemo: { value: 'Thank you' } } : { amount: Number(TotalAmt) + deed.share },
    ),
  ),
  /** Into the month that may be closed by then. */
  'date back': toInvoice(({ at, contractor }, { Id }) =>
    at.control.editInvoice(contractor.realmId, Id, { TxnDate: `${lastMonth()}-15` }),
  ),
  'void invoice': toInvoice(({ at, contractor }, { Id }) => at.control.voidInvoice(contractor.realmId, Id)),
  'delete invoice': toInvoice(({ at, contractor }, { Id }) =>
    at.control.deleteInvoice(contractor.realmId, Id),
  ),
  'void payment': toPayment(({ at, contractor }, { Id }) => at.control.voidPayment(contractor.realmId, Id)),
  'delete payment': toPayment(({ at, contractor }, { Id }) =>
    at.control.deletePayment(contractor.realmId, Id),
  ),
  'move payment': toPayment(async (doing, { Id }) => {
    const invoice = await invoiceOf(doing);
    if (invoice) await doing.at.control.movePayment(doing.contractor.realmId, Id, invoice.Id);
  }),
  'rename customer': async ({ at, contractor, deed }) => {
    const records = await at.control.records(contractor.realmId, 'Customer');
    const ours = records.filter(isOurs);
    const customer = ours[deed.which % Math.max(1, ours.length)];
    if (!customer) return undefined;
    await at.control.renameCustomer(contractor.realmId, customer.Id, `Ruiz, Ann ${deed.atMs}`);
    return { result: `customer ${customer.Id}` };
  },
  /** The customers of two jobs were one person: what was the second's is the first's. */
  'merge customers': async ({ at, contractor, deed }) => {
    const ours = (await at.control.records(contractor.realmId, 'Customer')).filter(
      (record) => record.Active !== false && isOurs(record),
    );
    const [winner, loser] = [one(ours, deed.which), one(ours, deed.which + deed.share)];
    if (!winner || !loser || winner === loser || currencyIn(winner) !== currencyIn(loser)) return undefined;
    await at.control.mergeCustomers(contractor.realmId, winner.Id, loser.Id);
    return { result: `customer ${loser.Id} is ${winner.Id}` };
  },
  /** From today on; what was invoiced keeps the rate of its day. */
  'change the rate': async ({ at, contractor, deed }) => {
    contractor.rate = (100 + deed.share) / 100;
    await at.control.rateCurrency(contractor.realmId, 'EUR', contractor.rate);
    return { result: `a euro is ${contractor.rate}` };
  },
  buy: async (doing) => {
    const { at, contractor, deed } = doing;
    const bills = (await at.control.records(contractor.realmId, 'Bill')).filter(
      ({ status }) => status !== 'Deleted',
    );
    const bill = one(bills, deed.which);
    if (!bill || deed.share % 4 > 0) return buy(doing);
    if (deed.share > 80) await at.control.deleteBill(contractor.realmId, bill.Id);
    else await at.control.editBill(contractor.realmId, bill.Id, { TxnDate: `${lastMonth()}-20` });
    return { result: `bill ${bill.Id} is ${deed.share > 80 ? 'deleted' : 'dated back'}` };
  },
} satisfies Record<string, Act>;

/** Of two lines, for a customer of ours whose job may bear them, or for nobody in particular. */
async function buy({ at, contractor, deed }: Doing): ReturnType<Act> {
  const { realmId } = contractor;
  const vendor = one(await at.control.records(realmId, 'Vendor'), deed.which);
  const account = (await at.control.records(realmId, 'Account')).find(
    ({ AccountType }) => AccountType === 'Cost of Goods Sold',
  );
  if (!vendor || !account) return undefined;
  const ours = (await at.control.records(realmId, 'Customer')).filter(isOurs);
  const customer = deed.share % 3 > 0 ? one(ours, deed.which) : undefined;
  const line = (Amount: number) => ({
    Amount,
    DetailType: 'AccountBasedExpenseLineDetail',
    AccountBasedExpenseLineDetail: {
      AccountRef: { value: account.Id },
      ...(customer === undefined ? {} : { CustomerRef: { value: customer.Id } }),
    },
  });
  const { Id } = await at.control.createBill(realmId, {
    VendorRef: { value: vendor.Id },
    Line: [line(deed.share + 0.37), line(deed.share * 3)],
  });
  return { result: `bill ${Id} for ${customer?.Id ?? 'nobody'}` };
}
