import type { FastifyInstance } from 'fastify';
import { queryOf, type StripeApi } from './api-scope.ts';
import { listPage } from './lists.ts';
import type { ConnectedAccount, Merchants } from './merchants.ts';
import { checkKnown, metadataAt } from './parameters.ts';
import { textAt } from './form.ts';

const KNOWN = new Set(
  'business_profile business_type capabilities controller country email expand metadata settings type'.split(
    ' ',
  ),
);

/** Serves connected accounts: open one, read it, list them, and the own account. */
export function registerConnect(app: FastifyInstance, api: StripeApi, merchants: Merchants): void {
  app.post('/v1/accounts', (request, reply) =>
    api.post(request, reply, {
      read: (form) => {
        checkKnown(form, KNOWN);
        const given = {
          country: textAt(form, 'country'),
          email: textAt(form, 'email'),
          type: textAt(form, 'type'),
        };
        const known = Object.entries(given).filter(([, value]) => value !== undefined);
        return { ...Object.fromEntries(known), metadata: metadataAt(form, 'metadata') };
      },
      run: (details) => merchants.connect(details),
    }),
  );
  app.get('/v1/accounts', async (request) =>
    listPage(merchants.connected(), queryOf(request), { url: '/v1/accounts', kind: 'account', filters: [] }),
  );
  const shown = (id: string): ConnectedAccount => {
    merchants.named(id); // refused where it is not connected
    return merchants.connected().find((one) => one.id === id)!;
  };
  app.get<{ Params: { id: string } }>('/v1/accounts/:id', async ({ params }) => shown(params.id));
  app.get('/v1/account', async (request) => {
    const named = request.headers['stripe-account'];
    if (typeof named === 'string') return shown(named);
    return {
      id: 'acct_sandbox',
      object: 'account',
      charges_enabled: true,
      country: 'US',
      payouts_enabled: true,
    };
  });
}
