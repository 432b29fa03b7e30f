import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { chromium, launchChromium } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { createOrg, PASSWORD, type TestOrg } from '../../support/people.js';
import { freePort } from '../../support/ports.js';
import { startQbo, type TestQbo } from '../../support/qbo.js';

describe.skipIf(!chromium)('Connecting QuickBooks in a browser', () => {
  let database: TestDatabase;
  let qbo: TestQbo;
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    const port = await freePort();
    const redirectUri = `http://127.0.0.1:${port}/qbo/oauth/callback`;
    qbo = await startQbo({ redirectUris: [redirectUri] });
    app = await startApp({
      databaseUrl: database.url,
      port,
      env: { ...qbo.env, QBO_REDIRECT_URI: redirectUri },
    });
    browser = await launchChromium();
  });

  beforeEach(async () => {
    org = await createOrg(app);
    page = await browser.newPage();
  });

  afterEach(() => page.context().close());

  afterAll(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
    await qbo[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** Start, sign in, and the consent page of QuickBooks. */
  async function goToConsent(): Promise<void> {
    await page.goto(`${app.url}/qbo/oauth/start`);
    await page.getByLabel(/e-?mail/i).fill(org.admin.email);
    await page.getByLabel(/password/i).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${qbo.url}/connect/oauth2**`);
  }

  it('leads from the start over sign-in and consent to the connected company', async () => {
    await goToConsent();
    await page.locator('#approve').click();
    await page.waitForURL(`${app.url}/qbo/oauth/result`);
    expect(await page.locator('body').innerText()).toMatch(/connected/i);
    expect((await org.admin.get('/qbo/status')).body).toMatchObject({
      connected: true,
      env: 'sandbox',
      company_name: 'Sandbox Company_US_1',
      needs_reauth: false,
    });
    await org.admin.post('/qbo/disconnect');
  });

  it('says what happened when the person declines, and stores nothing', async () => {
    await goToConsent();
    await page.locator('#deny').click();
    await page.waitForURL(`${app.url}/qbo/oauth/result`);
    expect(await page.locator('body').innerText()).toMatch(/not connected|declined|refused|denied/i);
    expect((await org.admin.get('/qbo/status')).body).toMatchObject({ connected: false });
    expect(await database.query('select from qbo_tokens where org_id = $1', [org.orgId])).toHaveLength(0);
  });

  it('shows the sign-in page again for a wrong password', async () => {
    await page.goto(`${app.url}/qbo/oauth/start`);
    await page.getByLabel(/e-?mail/i).fill(org.admin.email);
    await page.getByLabel(/password/i).fill('wrong-password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(page.url()).toContain('/auth/sign-in');
    expect(await page.getByLabel(/password/i).count()).toBe(1);
  });

  it('shows Swagger UI with every part of the API', async () => {
    await page.goto(`${app.url}/docs`);
    await page.locator('.opblock-tag').first().waitFor();
    const tags = new Set<string>();
    // It draws what is in sight, so somebody has to scroll.
    await eventually(async () => {
      await page.locator('.opblock').last().scrollIntoViewIfNeeded();
      for (const tag of await page.locator('.opblock-tag').allInnerTexts()) tags.add(tag);
      expect(tags).toContain('QuickBooks');
    });
    expect(tags.size).toBeGreaterThanOrEqual(10);
  });
});
