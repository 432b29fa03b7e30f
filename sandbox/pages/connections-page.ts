import type { AuthorizationServer } from '../oauth/authorization-server.ts';
import type { Grant } from '../oauth/grant.ts';
import { type Html, html } from './html.ts';
import { postButton, table } from './table.ts';

function stateOf(grant: Grant, now: number): Html {
  if (grant.revokedAt !== null) return html`<span class="tag">disconnected</span>`;
  if (now >= grant.refresh.expiresAt) return html`<span class="tag bad">expired</span>`;
  return html`<span class="tag good">connected</span>`;
}

/** Which app may use which company, and the user's way to end it. */
export function connectionsPage(authorizationServer: AuthorizationServer, now: number): Html {
  const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
  return html`<h1>Connections</h1>
    <p class="quiet">Registered apps: ${[...authorizationServer.clients.keys()].join(', ')}</p>
    <h2>Grants</h2>
    ${table(
      ['App', 'Company', 'Scopes', 'Since', 'Refresh token until', 'State', 'As the user'],
      authorizationServer
        .grants()
        .toReversed()
        .map((grant) => [
          grant.clientId,
          html`<code>${grant.realmId}</code>`,
          grant.scopes.join(' '),
          day(grant.grantedAt),
          day(grant.refresh.expiresAt),
          stateOf(grant, now),
          grant.revokedAt === null
            ? postButton('/pages/connections/disconnect', 'Disconnect', { realm_id: grant.realmId })
            : '',
        ]),
      'No app is connected. Send a browser to /connect/oauth2, or POST /sandbox/oauth/grant.',
    )}`;
}
