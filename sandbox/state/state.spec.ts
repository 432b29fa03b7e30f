import { afterEach, beforeEach, expect, it } from 'vitest';
import { SandboxControl } from '../control-client.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { TestMerchant } from '../stripe/test-merchant.ts';

let sandbox: Sandbox;
let control: SandboxControl;
const REALM = '9341457021722202';

beforeEach(async () => {
  sandbox = await startSandbox();
  control = new SandboxControl(sandbox.url);
});
afterEach(() => sandbox.close());

async function grant(url: string): Promise<{ access_token: string; refresh_token: string }> {
  const answer = await fetch(`${url}/sandbox/oauth/grant`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ realm_id: REALM }),
  });
  return (await answer.json()) as { access_token: string; refresh_token: string };
}

async function trade(): Promise<void> {
  const invoice = await control.createInvoice(REALM, { customer_id: '1', amount: 300 });
  await control.receivePayment(REALM, invoice.Id, { amount: 100 });
  await control.bankFeedDeposit(REALM, { customer_id: '1', amount: 50, apply_to: invoice.Id });
  const merchant = new TestMerchant(sandbox.url);
  const session = await merchant.session();
  await merchant.press(session, 'pay');
  const paid = await merchant.sessionNow(session['id']);
  const dispute = await control.stripe.dispute({ payment_intent: String(paid['payment_intent']) });
  await control.stripe.closeDispute(dispute.id, 'won');
  await control.stripe.payout({ include_pending: true });
  await control.advanceClock(86_400_000);
  await control.patchSwitches({ salesTaxPercent: 8 });
}

it('a state that is saved and loaded is the same state, in another sandbox too', async () => {
  await trade();
  const saved = await control.saveState();
  await control.reset();
  await control.loadState(saved);
  expect(await control.saveState()).toEqual(saved);
  const other = await startSandbox({ companies: [], state: saved });
  expect(JSON.parse(JSON.stringify(other.save()))).toEqual(saved);
  await other.close();
});

it('a loaded state goes on: Ids, numbers, tokens and the ledger', async () => {
  await trade();
  const tokens = await grant(sandbox.url);
  const other = await startSandbox({ companies: [], state: sandbox.save() });
  const there = new SandboxControl(other.url);
  const [here, next] = [
    await control.createInvoice(REALM, { customer_id: '1', amount: 10 }),
    await there.createInvoice(REALM, { customer_id: '1', amount: 10 }),
  ];
  expect(next).toMatchObject({ Id: here.Id, DocNumber: here.DocNumber });
  const read = await fetch(`${other.url}/v3/company/${REALM}/reports/BalanceSheet`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(read.status).toBe(200);
  await there.deleteInvoice(REALM, next.Id);
  await other.close();
});

it('a seed opens companies with records that refer to each other', async () => {
  await control.seed({
    companies: [
      {
        realm_id: '77',
        name: 'Seeded',
        records: [
          { entity: 'Customer', body: { DisplayName: 'Ann' }, as: 'ann' },
          {
            entity: 'Invoice',
            as: 'roof',
            body: {
              CustomerRef: { value: '$ann' },
              Line: [{ Amount: 90, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: {} }],
            },
          },
          {
            entity: 'Payment',
            body: {
              CustomerRef: { value: '$ann' },
              TotalAmt: 40,
              Line: [{ Amount: 40, LinkedTxn: [{ TxnId: '$roof', TxnType: 'Invoice' }] }],
            },
          },
        ],
      },
    ],
  });
  expect(await control.records('77', 'Invoice')).toMatchObject([{ Balance: 50 }]);
});

it.each([
  [{ companies: [{ realm_id: 'x' }] }, 'digits'],
  [{ companies: [{ realm_id: '78', records: [{ entity: 'Wish', body: {} }] }] }, 'record 1'],
  [
    {
      companies: [
        { realm_id: '79', records: [{ entity: 'Invoice', body: { CustomerRef: { value: '$no' } } }] },
      ],
    },
    '\\$no',
  ],
])('a seed that is wrong says where: %j', async (seed, words) => {
  await expect(control.seed(seed)).rejects.toThrow(new RegExp(words));
});

it('a state of another version is refused', async () => {
  await expect(control.loadState({ version: 99 })).rejects.toThrow('version 1');
});
