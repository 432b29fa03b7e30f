import { type Html, html } from '../pages/html.ts';
import type { AuthorizationRequest } from './authorization.ts';

/** What each scope lets an app do, in the user's words. */
const meaning: Record<string, string> = {
  'com.intuit.quickbooks.accounting': 'Read and change your accounting data: customers, invoices, payments',
  'com.intuit.quickbooks.payment': 'Charge cards and bank accounts through QuickBooks Payments',
  openid: 'Know who you are',
  profile: 'See your name',
  email: 'See your e-mail address',
  phone: 'See your phone number',
  address: 'See your address',
};

/** The page on which the user picks a company and agrees, or does not. Works as a plain form. */
export function consentPage(
  request: AuthorizationRequest,
  companies: readonly { realmId: string; name: string }[],
  csrfToken: string,
): Html {
  return html`<form class="card hero" method="post" action="/connect/oauth2">
    <p class="quiet small">QuickBooks sandbox</p>
    <h1>Connect ${request.client.name} to QuickBooks?</h1>
    <p>${request.client.name} asks to:</p>
    <ul class="plain">
      ${request.scopes.map((scope) => html`<li>${meaning[scope] ?? scope}</li>`)}
    </ul>
    <fieldset>
      <legend>Company</legend>
      ${companies.map(
        ({ realmId, name }, index) =>
          html`<label class="choice">
            <input type="radio" name="realm_id" value="${realmId}" ${index === 0 && html`checked`} />
            <span>${name}<br /><span class="quiet small">Company ID ${realmId}</span></span>
          </label>`,
      )}
    </fieldset>
    <input type="hidden" name="csrf_token" value="${csrfToken}" />
    <div class="buttons">
      <button class="primary" id="approve" name="decision" value="approve">Connect</button>
      <button id="deny" name="decision" value="deny">No thanks</button>
    </div>
    <p class="quiet small">You go back to <code>${new URL(request.redirectUri).host}</code> either way.</p>
  </form>`;
}

/** Shown instead when the app's request cannot be trusted enough to send the user back. */
export function refusedPage(error: string, description: string): Html {
  return html`<div class="card hero">
    <p class="quiet small">QuickBooks sandbox</p>
    <h1>Sorry, this app didn’t connect</h1>
    <p>${description}</p>
    <p class="quiet small">Error: <code>${error}</code></p>
  </div>`;
}
