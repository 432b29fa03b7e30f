import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { chromium, launchChromium } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Person } from '../../support/people.js';
import { aDraft, aLink } from '../../support/portal.js';
import { freePort } from '../../support/ports.js';
import { startQbo, type TestQbo } from '../../support/qbo.js';
import { STRIPE_KEY, STRIPE_SECRET, TestStripe } from '../../support/stripe.js';

const SCREENS = [
  { screen: 'a phone', viewport: { width: 390, height: 844 }, colorScheme: 'light' as const },
  { screen: 'a small phone', viewport: { width: 320, height: 568 }, colorScheme: 'dark' as const },
  { screen: 'a desk', viewport: { width: 1280, height: 900 }, colorScheme: 'light' as const },
];

/** Set to a folder, the pages are kept there as pictures to look at. */
const PICTURES = process.env.SCREENSHOTS;

describe.skipIf(!chromium)("The customer's page in a browser without scripts", () => {
  let database: TestDatabase;
  let qbo: TestQbo;
  let app: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let seller: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    qbo = await startQbo();
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}/portal`;
    const stripeKeys = { STRIPE_SECRET_KEY: STRIPE_KEY, STRIPE_WEBHOOK_SECRET: STRIPE_SECRET };
    const env = { ...qbo.env, ...stripeKeys, STRIPE_API_BASE_URL: qbo.url, PORTAL_PUBLIC_URL: publicUrl };
    app = await startApp({ databaseUrl: database.url, port, env });
    await new TestStripe(qbo.url).configure({
      webhook_url: `${app.url}/payments/webhook`,
      webhook_secret: STRIPE_SECRET,
    });
    ({ admin: seller } = await createOrg(app, 'Summit Roofing & Gutters'));
    browser = await launchChromium();
  });

  afterEach(() => context?.close());

  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
    await qbo[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const keep = async (page: Page, name: string): Promise<void> => {
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  };

  const overflows = (page: Page): Promise<boolean> =>
    page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth);

  /** Presses Tab until the focus is on this. */
  const tabTo = async (page: Page, selector: string): Promise<void> => {
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      if (await page.locator(`${selector}:focus`).count()) return;
    }
    throw new Error(`the keyboard does not get to ${selector}`);
  };

  it.each(SCREENS)(
    'goes from the link to the receipt on $screen with the keyboard alone',
    async ({ screen, ...settings }) => {
      context = await browser.newContext({ ...settings, javaScriptEnabled: false });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
      const proposalId = await aDraft(seller);
      const link = await aLink(seller, proposalId);

      await page.goto(link.url);
      await keep(page, `${screen} 1 open`);
      expect(await overflows(page)).toBe(false);
      expect(await page.getByRole('row').count()).toBe(5);
      await tabTo(page, '#name');
      await page.keyboard.type('Maria Ruiz');
      await page.keyboard.press('Enter');

      await page.getByRole('button', { name: 'Pay deposit of $3,673.50' }).waitFor();
      await keep(page, `${screen} 2 approved`);
      expect(await overflows(page)).toBe(false);
      expect(await page.getByText('by Maria Ruiz').count()).toBe(1);
      await tabTo(page, 'button');
      await page.keyboard.press('Enter');

      await page.waitForURL(`${qbo.url}/stripe/pay/**`);
      await tabTo(page, '#pay');
      await page.keyboard.press('Enter');

      await page.waitForURL(`${link.url}?paid=1`);
      await keep(page, `${screen} 3 confirming`);
      await page.getByRole('heading', { name: 'Receipt' }).waitFor();
      await keep(page, `${screen} 4 receipt`);
      expect(await overflows(page)).toBe(false);
      const receipt = await page.locator('.act').innerText();
      expect(receipt).toMatch(/Paid\s+\$3,673\.50/);
      expect(receipt).toMatch(/Reference\s+pi_/);
      expect(receipt).toMatch(/Remaining\s+\$8,571\.50/);
      expect(await page.getByRole('button').count()).toBe(0);
      expect(complaints).toEqual([]);

      const events = (await seller.get(`/proposals/${proposalId}/activity`)).body.items as {
        event: string;
      }[];
      expect(events.map(({ event }) => event).toReversed()).toEqual([
        'view',
        'approve',
        'checkout_created',
        'payment_success',
      ]);
    },
  );

  it('comes back unpaid from a payment that was not made', async () => {
    context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const proposalId = await aDraft(seller);
    const link = await aLink(seller, proposalId);
    await seller.post(`/proposals/${proposalId}/approve`);
    await page.goto(link.url);
    await page.getByRole('button').click();
    await page.waitForURL(`${qbo.url}/stripe/pay/**`);
    await page.getByRole('link', { name: 'Back' }).click();
    await page.waitForURL(link.url);
    expect(await page.getByRole('button', { name: /Pay deposit/ }).count()).toBe(1);
  });

  it('says what is wrong beside the field, and keeps what was typed', async () => {
    context = await browser.newContext({ viewport: SCREENS[0]!.viewport, javaScriptEnabled: false });
    const page = await context.newPage();
    const link = await aLink(seller, await aDraft(seller));
    await page.goto(link.url);
    await page.getByLabel('Your full name').fill('   ');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Please type your full name.').waitFor();
    await keep(page, 'a phone 5 no name');
    expect(await page.getByLabel('Your full name').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#name:focus').count()).toBe(1);
  });

  it('fits a small phone, whatever the names and amounts', async () => {
    context = await browser.newContext({ viewport: { width: 320, height: 568 }, javaScriptEnabled: false });
    const page = await context.newPage();
    const endless = 'x'.repeat(180);
    const lines = [
      { description: `${endless} ${endless}`, quantity: 9_999.1234, unit_price_cents: 99_999_999 },
      { description: 'The largest there is', quantity: 1, unit_price_cents: 8_900_000_000_000 },
    ];
    const link = await aLink(seller, await aDraft(seller, { name: endless, customerName: endless, lines }));
    await page.goto(link.url);
    expect(await overflows(page)).toBe(false);
  });

  it('shows a friendly page for a link that has ended', async () => {
    context = await browser.newContext({ viewport: SCREENS[0]!.viewport, javaScriptEnabled: false });
    const page = await context.newPage();
    const proposalId = await aDraft(seller);
    const link = await aLink(seller, proposalId);
    await seller.post(`/portal/links/${proposalId}/revoke`);
    expect((await page.goto(link.url))?.status()).toBe(404);
    await keep(page, 'a phone 6 gone');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('does not open');
  });

  it('has its marks where a screen reader looks for them, and enough contrast in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      context = await browser.newContext({ colorScheme });
      const page = await context.newPage();
      const link = await aLink(seller, await aDraft(seller));
      await page.goto(link.url);
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      for (const landmark of ['banner', 'main', 'contentinfo'] as const) {
        expect(await page.getByRole(landmark).count()).toBe(1);
      }
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      expect(await leastContrast(page)).toBeGreaterThanOrEqual(4.5);
      await context.close();
    }
  });
});

/** The least contrast (WCAG 2) of any text on the page with the ground it stands on. */
async function leastContrast(page: Page): Promise<number> {
  const pairs = await page.locator('body *').evaluateAll((elements) => {
    const styleOf = (element: (typeof elements)[number]) =>
      element.ownerDocument.defaultView!.getComputedStyle(element);
    const groundOf = (element: (typeof elements)[number]): string => {
      const color = styleOf(element).backgroundColor;
      if (color !== 'rgba(0, 0, 0, 0)') return color;
      return element.parentElement ? groundOf(element.parentElement) : 'rgb(255, 255, 255)';
    };
    return elements
      .filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
      )
      .map((element): [string, string] => [styleOf(element).color, groundOf(element)]);
  });
  const contrasts = pairs.map(([ink, ground]) => {
    const [one, other] = [luminance(ink), luminance(ground)];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  });
  return Math.min(...contrasts);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
