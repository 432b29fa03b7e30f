import { describe, expect, it } from 'vitest';
import { connectedPage, notConnectedPage } from './connection-page.js';

describe('The page a person sees after QuickBooks', () => {
  it('shows a name as it is written, whatever is in it', () => {
    const page = connectedPage({
      companyName: '<b>Acme & Söhne</b>',
      realmId: '934145',
      env: 'sandbox',
      orgName: 'Beta & Sons',
    });
    expect(page).toContain('<strong>&lt;b&gt;Acme &amp; Söhne&lt;/b&gt;</strong>');
  });

  it('names a company without a name by its id', () => {
    expect(
      connectedPage({ companyName: null, realmId: '934145', env: 'sandbox', orgName: 'Beta & Sons' }),
    ).toContain('company 934145');
  });

  it('offers the choice where links point into another company', () => {
    const page = notConnectedPage({ code: 'qbo_other_company', detail: 'Links belong to "Acme".' }, null);
    expect(page).toContain('Links belong to &quot;Acme&quot;.');
    expect(page).toContain('href="/qbo/oauth/start?replace_company=true"');
    expect(notConnectedPage({ code: 'qbo_access_denied', detail: 'No.' }, null)).not.toContain('replace');
  });

  it('leads on for the organisation that began, whichever the browser is in by then', () => {
    const starts = (code: string): string[] =>
      [...notConnectedPage({ code, detail: 'No.' }, 7).matchAll(/href="(\/qbo[^"]*)"/g)].map(([, to]) => to!);
    expect(starts('qbo_other_company')).toEqual([
      '/qbo/oauth/start?org_id=7',
      '/qbo/oauth/start?replace_company=true&amp;org_id=7',
    ]);
    expect(starts('qbo_access_denied')).toEqual(['/qbo/oauth/start?org_id=7']);
  });
});
