import { setTimeout as pause } from 'node:timers/promises';
import type { QboRecord } from '../../sandbox/control-client.ts';
import { type Act, type Doing, one, textIn } from './deed.ts';

/** Asked again until somebody says yes or no: what is entered by hand is not left half done. */
const TRIES_MAX = 25;
const AGAIN_MS = 1_000;

/** A payment or a refund that is with a person. */
interface Missing {
  id: number;
  subject: string;
  reason: string;
  proposalId: number;
  intent: string;
}

/**
 * What the inbox says could not be booked, the bookkeeper enters in QuickBooks by hand and names. What is not taken is
 * taken out of the books again.
 */
export const entering = {
  'enter by hand': async (doing) => {
    const { at, contractor, deed } = doing;
    const missing = one(await missingOf(doing), deed.which);
    if (!missing) return undefined;
    const isRefund = missing.subject.startsWith('refund');
    const entered = await (isRefund ? enterReceipt : enterPayment)(doing, missing);
    if (!entered) return undefined;
    const answer = await resolve(doing, missing.id, {
      [isRefund ? 'qbo_refund_id' : 'qbo_payment_id']: entered.Id,
    });
    if (!(await isTaken(doing, entered.Id))) {
      const { realmId } = contractor;
      if (isRefund) await at.control.deleteRefundReceipt(realmId, entered.Id);
      else await at.control.deletePayment(realmId, entered.Id);
    }
    const job = contractor.jobs.find(({ proposalId }) => proposalId === missing.proposalId);
    return { job, result: `${missing.subject} is ${entered.Id}: ${answer}` };
  },
} satisfies Record<string, Act>;

async function missingOf({ at, contractor }: Doing): Promise<Missing[]> {
  return at.postgres.query<Missing & Record<string, unknown>>(
    `select item.id, item.subject, item.reason, payment.proposal_id as "proposalId",
            stripe_payment_intent_id as intent
       from inbox_items item
       join payments payment on payment.org_id = item.org_id
        and item.subject in ('payment.create:' || payment.id, 'refund.create:' || payment.id)
      where item.org_id = $1 and item.state = 'open'
      order by item.id`,
    [contractor.orgId],
  );
}

/** As the item says it: `The refund of $1,234.50 for …`. */
function amountIn({ reason }: Missing): number {
  return Number(/of \D?([\d,]+\.\d\d) for/.exec(reason)?.[1]?.replaceAll(',', '') ?? 0);
}

async function enterPayment(doing: Doing, missing: Missing): Promise<QboRecord | undefined> {
  const { at, contractor } = doing;
  const invoices = await at.control.records(contractor.realmId, 'Invoice');
  const invoice = invoices.find(
    ({ DocNumber, status, Balance }) =>
      new RegExp(`^CRM-${missing.proposalId}(-|$)`).test(textIn(DocNumber)) &&
      status !== 'Deleted' &&
      Number(Balance) >= amountIn(missing),
  );
  if (!invoice || amountIn(missing) === 0) return undefined;
  return at.control.receivePayment(contractor.realmId, invoice.Id, {
    amount: amountIn(missing),
    PrivateNote: `By hand, Stripe ${missing.intent}`,
    ...rateOf(doing, invoice),
  });
}

async function enterReceipt(doing: Doing, missing: Missing): Promise<QboRecord | undefined> {
  const { control } = doing.at;
  const { realmId } = doing.contractor;
  const payment = (await control.records(realmId, 'Payment')).find(
    ({ PrivateNote, status }) =>
      textIn(PrivateNote).endsWith(`Stripe ${missing.intent}`) && status !== 'Deleted',
  );
  const item = (await control.records(realmId, 'Item')).find(({ Name }) => Name === 'Contract Work');
  if (!payment || !item || amountIn(missing) === 0) return undefined;
  const bank = (await control.records(realmId, 'Account')).find(({ AccountType }) => AccountType === 'Bank');
  return control.refundReceipt(realmId, {
    CustomerRef: payment.CustomerRef!,
    DepositToAccountRef: { value: bank!.Id },
    PrivateNote: `By hand, Stripe ${missing.intent}`,
    Line: [
      {
        Amount: amountIn(missing),
        DetailType: 'SalesItemLineDetail',
        SalesItemLineDetail: { ItemRef: { value: item.Id } },
      },
    ],
    ...rateOf(doing, payment),
  });
}

function rateOf({ contractor }: Doing, { CurrencyRef }: QboRecord): Record<string, unknown> {
  const isForeign = (CurrencyRef as { value?: string } | undefined)?.value === 'EUR';
  return isForeign ? { CurrencyRef, ExchangeRate: contractor.rate } : {};
}

/** Whether what was entered stands for what was to be booked: an answer may be lost, and come again as a refusal. */
async function isTaken({ at, contractor }: Doing, qboId: string): Promise<boolean> {
  const rows = await at.postgres.query(
    `select from sync_operations where org_id = $1 and qbo_id = $2 and state = 'done'`,
    [contractor.orgId, qboId],
  );
  return rows.length > 0;
}

async function resolve({ contractor }: Doing, id: number, body: object): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const { status, body: answer } = await contractor.ask('POST', `/inbox/${id}/resolve`, body);
    const isDone = status === 200 || (status >= 400 && status < 500 && status !== 429);
    if (isDone || tries === TRIES_MAX) return status === 200 ? '200' : `${status} ${answer.code as string}`;
    await pause(AGAIN_MS);
  }
}
