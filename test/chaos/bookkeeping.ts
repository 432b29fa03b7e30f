import type { QboRecord } from '../../sandbox/control-client.ts';
import type { Act, Doing } from './deed.ts';
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

function textIn(field: unknown): string {
  return typeof field === 'string' ? field : '';
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
  cheque: toInvoice(async ({ at, contractor, deed }, { Id, Balance }) => {
    const amount = Math.round(Number(Balance) * deed.share) / 100;
    if (amount > 0) await at.control.receivePayment(contractor.realmId, Id, { amount });
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
    const ours = records.filter((record) =>
      (record.PrimaryEmailAddr as { Address?: string } | undefined)?.Address?.endsWith('@chaos.test'),
    );
    const customer = ours[deed.which % Math.max(1, ours.length)];
    if (!customer) return undefined;
    await at.control.renameCustomer(contractor.realmId, customer.Id, `Ruiz, Ann ${deed.atMs}`);
    return { result: `customer ${customer.Id}` };
  },
} satisfies Record<string, Act>;
