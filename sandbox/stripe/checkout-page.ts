import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Html, html } from '../pages/html.ts';
import { sendPage } from '../pages/layout.ts';
import { formOf, textAt } from './form.ts';
import type { Session } from './objects.ts';
import { StripeError } from './stripe-error.ts';
import type { Merchants } from './merchants.ts';

interface ById {
  Params: { id: string };
}

function price(session: Session): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency: session.currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(session.amount_total / 10 ** digits);
}

function hostedPage(session: Session, title: string, problem: string | null): Html {
  return html`<form class="card hero" method="post" action="/stripe/pay/${session.id}">
    <p class="quiet small">Stripe sandbox · no money moves</p>
    <h1>${price(session)}</h1>
    <p>${title}</p>
    ${session.customer_email && html`<p class="quiet small">${session.customer_email}</p>`}
    ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
    <div class="buttons">
      <button class="primary" id="pay" name="how" value="pay">Pay</button>
      <button id="fail" name="how" value="fail">Fail</button>
      <button id="pay-later" name="how" value="later">Pay later (bank)</button>
    </div>
    ${session.cancel_url && html`<p class="small"><a href="${session.cancel_url}">Back</a></p>`}
  </form>`;
}

function closedPage(session: Session): Html {
  return html`<div class="card hero">
    <p class="quiet small">Stripe sandbox</p>
    <h1>${session.status === 'expired' ? 'This page has expired' : 'You’re all done here'}</h1>
    <p>
      ${
        session.status === 'expired'
          ? 'Ask for a new link to pay.'
          : `The payment of ${price(session)} was made or is under way.`
      }
    </p>
  </div>`;
}

/** Serves the hosted payment page. Its buttons do what a customer's card or bank would. */
export function registerCheckoutPage(app: FastifyInstance, merchants: Merchants): void {
  const titleOf = (session: Session): string => merchants.ownerOf(session.id).account.titleOf(session);
  const show = (session: Session, reply: FastifyReply, problem: string | null = null): FastifyReply =>
    sendPage(reply, {
      title: titleOf(session),
      body: session.status === 'open' ? hostedPage(session, titleOf(session), problem) : closedPage(session),
      narrow: true,
    });

  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) =>
    sendPage(reply.code(error instanceof StripeError ? error.status : (error.statusCode ?? 500)), {
      title: 'Something went wrong',
      body: html`<div class="card hero">
        <h1>Something went wrong</h1>
        <p>${error.message}</p>
      </div>`,
      narrow: true,
    }),
  );

  app.get<ById>('/stripe/pay/:id', async ({ params }, reply) =>
    show(merchants.ownerOf(params.id).account.session(params.id), reply),
  );

  app.post<ById>('/stripe/pay/:id', async ({ params, body }, reply) => {
    const { account } = merchants.ownerOf(params.id);
    const session = account.session(params.id);
    if (session.status !== 'open') return show(session, reply);
    const how = textAt(formOf(typeof body === 'string' ? body : ''), 'how');
    if (how === 'fail') {
      account.decline(session.id);
      return show(session, reply.code(402), 'Your card was declined. Try again or pay another way.');
    }
    if (how === 'later') account.payByBank(session.id);
    else account.payByCard(session.id);
    return reply.redirect(session.success_url.replaceAll('{CHECKOUT_SESSION_ID}', session.id), 303);
  });
}
