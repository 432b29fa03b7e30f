import type { FastifyInstance } from 'fastify';
import { Fields } from '../fields.ts';
import { faultOperation } from '../http/fault-operation.ts';
import { FAULT_KINDS } from '../http/fault-plan.ts';
import type { Merchants } from '../stripe/merchants.ts';
import type { World } from '../world.ts';
import { drillsPage } from './drills-page.ts';
import { sendPage } from './layout.ts';
import { stripePage } from './stripe-page.ts';

/** Serves the drills: failures to come, the clock, and what Stripe's bank does with payouts. */
export function registerDrills(app: FastifyInstance, world: World, merchants: Merchants): void {
  app.get('/pages/drills', async (_request, reply) =>
    sendPage(reply, { title: 'Drills', body: drillsPage(world) }),
  );
  app.post('/pages/drills/clock', async (request, reply) => {
    const advance = new Fields(request.body).optionalNumber('advance_ms');
    if (advance === undefined) world.clock.reset();
    else world.clock.advance(advance);
    return reply.redirect('/pages/drills', 303);
  });
  app.post('/pages/drills/faults', async (request, reply) => {
    const fields = new Fields(request.body);
    world.faults.add({
      kind: fields.choice('kind', FAULT_KINDS),
      operation: faultOperation(fields.optionalText('operation') || '*'),
      when: fields.optionalChoice('when', ['before', 'after']) ?? 'before',
      times: fields.optionalNumber('times', 1) ?? 1,
    });
    return reply.redirect('/pages/drills', 303);
  });
  app.post('/pages/drills/forget', async (_request, reply) => {
    world.faults.clear();
    return reply.redirect('/pages/drills', 303);
  });

  app.get('/pages/stripe', async (_request, reply) =>
    sendPage(reply, { title: 'Stripe', body: stripePage(merchants) }),
  );
  app.post('/pages/stripe/payout', async (request, reply) => {
    const fields = new Fields(request.body);
    const { account } = merchants.named(fields.optionalText('account'));
    const [first = 'usd'] = account.balance.settings.settlementCurrencies;
    const currency = fields.optionalText('currency') ?? first;
    account.payouts.create({ kind: 'automatic', currency, amount: undefined, includesPending: true });
    return reply.redirect('/pages/stripe', 303);
  });
  app.post('/pages/stripe/payout-status', async (request, reply) => {
    const fields = new Fields(request.body);
    const payout = fields.text('payout');
    merchants
      .ownerOf(payout)
      .account.payouts.update(payout, fields.choice('status', ['paid', 'failed']), undefined);
    return reply.redirect('/pages/stripe', 303);
  });
}
