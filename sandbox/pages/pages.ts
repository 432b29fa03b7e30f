import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Company } from '../books/company.ts';
import { Fault } from '../books/fault.ts';
import { REPORTS } from '../books/reports/run-report.ts';
import { fiscalYearStart } from '../books/reports/request.ts';
import { BadField, Fields } from '../fields.ts';
import type { AuthorizationServer } from '../oauth/authorization-server.ts';
import type { IntuitWebhookSender } from '../webhooks/intuit-webhook-sender.ts';
import type { Merchants } from '../stripe/merchants.ts';
import { StripeError } from '../stripe/stripe-error.ts';
import type { World } from '../world.ts';
import { accountsPage, documentPage } from './accounts-page.ts';
import { registerBookkeeping } from './bookkeeping-routes.ts';
import { callsPage } from './calls-page.ts';
import { companyPage } from './company-page.ts';
import { connectionsPage } from './connections-page.ts';
import { type Route, controlPage } from './control-page.ts';
import { registerDrills } from './drill-routes.ts';
import { html } from './html.ts';
import { sendPage } from './layout.ts';
import { reportsPage } from './reports-page.ts';
import { webhooksPage } from './webhooks-page.ts';

export interface PageSources {
  world: World;
  authorizationServer: AuthorizationServer;
  intuitWebhooks: IntuitWebhookSender;
  merchants: Merchants;
  routes: readonly Route[];
}

/** Serves the pages a person looks at. Plain forms, no scripts; a form from another site is refused. */
export function registerPages(app: FastifyInstance, sources: PageSources): void {
  const { world, authorizationServer, intuitWebhooks, merchants, routes } = sources;

  app.addHook('onRequest', async (request, reply) => {
    const site = request.headers['sec-fetch-site'];
    if (request.method !== 'POST' || site === undefined || site === 'same-origin' || site === 'none') return;
    await reply.code(403).send({ error: 'this form was sent from another site' });
  });

  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply: FastifyReply) => {
    const isRefusal = error instanceof Fault || error instanceof StripeError;
    const status = isRefusal ? error.status : (error.statusCode ?? 500);
    return sendPage(reply.code(status), {
      title: 'That did not work',
      body: html`<div class="card hero">
        <h1>That did not work</h1>
        <p>${error.message}</p>
        <p><a href="/">Back to the books</a></p>
      </div>`,
      narrow: true,
    });
  });

  app.get<{ Querystring: { realm?: string; done?: string } }>('/', async (request, reply) => {
    const companies = [...world.companies.values()];
    const chosen = world.companies.get(request.query.realm ?? '') ?? companies[0];
    const notice = request.query.done ?? '';
    return sendPage(reply, {
      title: chosen?.name ?? 'QuickBooks sandbox',
      body: companyPage(companies, chosen, notices[notice] ?? ''),
      realm: chosen?.realmId,
    });
  });

  app.get('/pages/connections', async (_request, reply) =>
    sendPage(reply, {
      title: 'Connections',
      body: connectionsPage(authorizationServer, world.clock.now().getTime()),
    }),
  );
  app.post('/pages/connections/disconnect', async (request, reply) => {
    authorizationServer.disconnect(new Fields(request.body).text('realm_id'));
    return reply.redirect('/pages/connections', 303);
  });

  app.get('/pages/webhooks', async (_request, reply) =>
    sendPage(reply, { title: 'Webhooks', body: webhooksPage(intuitWebhooks) }),
  );
  app.post('/pages/webhooks/flush', async (_request, reply) => {
    await intuitWebhooks.flush();
    return reply.redirect('/pages/webhooks', 303);
  });
  app.post('/pages/webhooks/redeliver', async (request, reply) => {
    const eventId = new Fields(request.body).text('event_id');
    await intuitWebhooks.resend(intuitWebhooks.events().filter((event) => event.eventId === eventId));
    return reply.redirect('/pages/webhooks', 303);
  });

  const companyIn = (fields: Fields): Company => {
    const company =
      world.companies.get(fields.optionalText('realm') ?? '') ?? [...world.companies.values()][0];
    if (!company) throw new BadField('there is no company');
    return company;
  };
  app.get('/pages/accounts', async (request, reply) => {
    const company = companyIn(new Fields(request.query));
    const body = accountsPage(company);
    return sendPage(reply, { title: 'Chart of accounts', body, realm: company.realmId });
  });
  app.get<{ Params: { entity: string; id: string } }>(
    '/pages/documents/:entity/:id',
    async ({ params, query }, reply) => {
      const company = companyIn(new Fields(query));
      return sendPage(reply, {
        title: `${params.entity} ${params.id}`,
        body: documentPage(company, params.entity, params.id),
        realm: company.realmId,
      });
    },
  );

  app.get('/pages/reports', async (request, reply) => {
    const fields = new Fields(request.query);
    const company = companyIn(fields);
    const today = company.today();
    const choice = {
      name: fields.optionalChoice('report', Object.keys(REPORTS)) ?? 'BalanceSheet',
      basis: fields.optionalChoice('basis', ['Accrual', 'Cash']) ?? ('Accrual' as const),
      start: fields.optionalText('start') ?? fiscalYearStart(company, today),
      end: fields.optionalText('end') ?? today,
    };
    const body = reportsPage(company, choice);
    return sendPage(reply, { title: choice.name, body, realm: company.realmId });
  });

  app.get('/pages/calls', async (_request, reply) =>
    sendPage(reply, { title: 'API calls', body: callsPage(world.journal.requests(200)) }),
  );

  app.get('/pages/control', async (request, reply) => {
    const origin = `${request.protocol}://${request.host}`;
    return sendPage(reply, { title: 'Control', body: controlPage(origin, routes) });
  });

  registerBookkeeping(app, world);
  registerDrills(app, world, merchants);
}

const notices: Readonly<Record<string, string>> = {
  paid: 'Payment received.',
  voided: 'Invoice voided.',
  deleted: 'Payment deleted: what it paid is open again.',
};
