import type { FastifyInstance } from 'fastify';
import type { Company } from '../books/company.ts';
import { Fault } from '../books/fault.ts';
import { type Body, textOf } from '../books/json.ts';
import { operate, readRecord } from '../books/operate.ts';
import { BadField, Fields } from '../fields.ts';
import type { World } from '../world.ts';

interface Target {
  Params: { realm: string; id: string };
}

/** A payment in full or in part by the invoice's own customer; anything beyond the open balance stays unapplied. */
function receivePayment(company: Company, invoiceId: string, amount: number | undefined): void {
  const invoice = readRecord(company, 'Invoice', invoiceId);
  const balance = Number(textOf(invoice, 'Balance') ?? 0);
  const received = amount ?? balance;
  const payment: Body = {
    CustomerRef: invoice['CustomerRef'],
    TotalAmt: received,
    Line: [{ Amount: Math.min(received, balance), LinkedTxn: [{ TxnId: invoiceId, TxnType: 'Invoice' }] }],
  };
  operate(company, 'create', 'Payment', payment, { byHand: true });
}

/** Serves the buttons of the start page: what a bookkeeper does by hand in QuickBooks. */
export function registerBookkeeping(app: FastifyInstance, world: World): void {
  const act = (realmId: string, action: (company: Company) => void): void => {
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
    act(params.realm, (company) => receivePayment(company, params.id, amount));
    return reply.redirect(`/?realm=${params.realm}&done=paid`, 303);
  });

  app.post<Target>('/pages/:realm/invoices/:id/void', async ({ params }, reply) => {
    act(params.realm, (company) => {
      operate(company, 'void', 'Invoice', { Id: params.id }, { byHand: true });
    });
    return reply.redirect(`/?realm=${params.realm}&done=voided`, 303);
  });

  app.post<Target>('/pages/:realm/payments/:id/delete', async ({ params }, reply) => {
    act(params.realm, (company) => {
      operate(company, 'delete', 'Payment', { Id: params.id }, { byHand: true });
    });
    return reply.redirect(`/?realm=${params.realm}&done=deleted`, 303);
  });
}
