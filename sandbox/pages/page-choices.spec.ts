import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestApp } from '../oauth/test-app.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { TestMerchant } from '../stripe/test-merchant.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const page = async (path: string): Promise<string> => (await fetch(`${sandbox.url}${path}`)).text();

it('stays with the company that was chosen', async () => {
  await new TestApp(sandbox.url).control('POST', 'companies', { name: 'Second', realm_id: '2' });
  for (const path of ['/?realm=2', '/pages/reports?realm=2', '/pages/accounts?realm=2'])
    for (const link of ['/?realm=2', '/pages/reports?realm=2', '/pages/accounts?realm=2'])
      expect(await page(path)).toContain(`<a href="${link}">`);
  expect(await page('/pages/accounts?realm=2')).toContain('Second: chart of accounts');
});

it('pays out each currency that has a bank account', async () => {
  const app = new TestApp(sandbox.url);
  await app.control('PUT', 'stripe/balance', { settlement_currencies: ['usd', 'eur'] });
  const merchant = new TestMerchant(sandbox.url);
  await merchant.press(await merchant.session({ 'line_items[0][price_data][currency]': 'eur' }), 'pay');
  expect(await page('/pages/stripe')).toContain('Pay out what there is in EUR');
  const form = new URLSearchParams({ currency: 'eur' });
  await fetch(`${sandbox.url}/pages/stripe/payout`, { method: 'POST', body: form });
  expect(await page('/pages/stripe')).toMatch(/po_\w+[\s\S]*?-?\d+\.\d\d EUR/);
});
