import type { FastifyInstance } from 'fastify';
import { receivePayment, undoByHand } from '../books/bookkeeper.ts';
import type { Company } from '../books/company.ts';
import { Fault } from '../books/fault.ts';
import { BadField, Fields } from '../fields.ts';
import type { World } from '../world.ts';

interface Target {
  Params: { realm: string; id: string };
}

/** Serves the buttons of the start page: what a bookkeeper does by hand in QuickBooks. */
export function registerBookkeeping(app: FastifyInstance, world: World): void {
  const act = (realmId: string, action: (company: Company) => unknown): void => {
    const company = world.companies.get(realmId);
    if (!company) throw new BadField(`there is no company ${realmId}`);
    try {
      action(company);
    } catch (error) {
      throw error instanceof Fault ? new BadField(error.message) : error;
    }
  };

  app.post<Target>('/pages/:realm/invoices/:id/receive-payment', async ({ params, body }, reply) => {
    const amount = new Fields(body).optionalNumber('amount');
    const receipt = { invoiceId: params.id, ...(amount !== undefined && { amount }) };
    act(params.realm, (company) => receivePayment(company, receipt));
    return reply.redirect(`/?realm=${params.realm}&done=paid`, 303);
  });

  app.post<Target>('/pages/:realm/invoices/:id/void', async ({ params }, reply) => {
    act(params.realm, (company) => undoByHand(company, 'void', 'Invoice', params.id));
    return reply.redirect(`/?realm=${params.realm}&done=voided`, 303);
  });

  app.post<Target>('/pages/:realm/payments/:id/delete', async ({ params }, reply) => {
    act(params.realm, (company) => undoByHand(company, 'delete', 'Payment', params.id));
    return reply.redirect(`/?realm=${params.realm}&done=deleted`, 303);
  });
}
