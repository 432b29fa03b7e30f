import type { FastifyInstance } from 'fastify';
import { type StripeAccountShown, accountRequestOf, newAccount } from './accounts.ts';
import { type StripeApi, queryOf } from './api-scope.ts';
import { listPage } from './lists.ts';
import type { Merchants } from './merchants.ts';
import { checkKnown, checkPlain } from './parameters.ts';

const KNOWN = new Set(
  'business_profile business_type capabilities controller country email expand metadata settings type'.split(
    ' ',
  ),
);
/** The platform's own account; it was opened long ago. */
const OWN = newAccount({ profile: { name: 'Sandbox' } }, 1_700_000_000, 'acct_sandbox');

/** Serves connected accounts: open one, read it, list them, and the own account. */
export function registerConnect(app: FastifyInstance, api: StripeApi, merchants: Merchants): void {
  app.post('/v1/accounts', (request, reply) =>
    api.post(request, reply, {
      read: (form) => {
        checkKnown(form, KNOWN);
        return accountRequestOf(form);
      },
      run: (details) => merchants.connect(details),
    }),
  );
  app.get('/v1/accounts', async (request) =>
    listPage(merchants.connected(), queryOf(request), { url: '/v1/accounts', kind: 'account', filters: [] }),
  );
  const shown = (id: string): StripeAccountShown => {
    merchants.named(id); // refused where it is not connected
    return merchants.connected().find((one) => one.id === id)!;
  };
  app.get<{ Params: { id: string } }>('/v1/accounts/:id', async (request) => {
    checkPlain(queryOf(request));
    return shown(request.params.id);
  });
  app.get('/v1/account', async (request) => {
    checkPlain(queryOf(request));
    const named = request.headers['stripe-account'];
    return typeof named === 'string' ? shown(named) : OWN;
  });
}
