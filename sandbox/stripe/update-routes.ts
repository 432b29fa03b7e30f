import type { FastifyInstance } from 'fastify';
import type { StripeApi } from './api-scope.ts';
import { type Form, textAt } from './form.ts';
import type { Charge, PaymentIntent, Session } from './objects.ts';
import type { Payout } from './balance-objects.ts';
import { annotated, checkKnown, metadataChangesAt } from './parameters.ts';
import type { Merchant } from './merchants.ts';
import { noSuch } from './stripe-error.ts';

/** What can be written on an object after it was made, beside its metadata. */
const TEXTS = {
  session: [],
  payment_intent: ['description', 'receipt_email'],
  charge: ['description', 'receipt_email', 'transfer_group'],
  payout: [],
} as const;

type Annotated = Session | PaymentIntent | Charge | Payout;

/** Serves the notes that a merchant makes on sessions, payment intents, charges and payouts: no money moves. */
export function registerUpdates(app: FastifyInstance, api: StripeApi): void {
  const updates = <Noted extends Annotated>(
    url: string,
    kind: keyof typeof TEXTS,
    find: (merchant: Merchant, id: string) => Noted | undefined,
    tell: (merchant: Merchant, object: Noted) => void = () => undefined,
  ): void => {
    const known = new Set<string>(['expand', 'metadata', ...TEXTS[kind]]);
    app.post<{ Params: { id: string } }>(`${url}/:id`, (request, reply) =>
      api.post(request, reply, {
        read: (form: Form) => {
          checkKnown(form, known);
          const texts = TEXTS[kind].map((name) => [name, textAt(form, name)] as const);
          return {
            metadata: metadataChangesAt(form),
            texts: Object.fromEntries(
              texts.filter(([, text]) => text !== undefined).map(([name, text]) => [name, text || null]),
            ),
          };
        },
        run: ({ metadata, texts }) => {
          const merchant = api.merchantOf(request);
          const object = find(merchant, request.params.id);
          if (!object) throw noSuch(kind, request.params.id, kind === 'payment_intent' ? 'intent' : kind);
          Object.assign(object, texts, { metadata: annotated(object.metadata, metadata) });
          tell(merchant, object);
          return object;
        },
      }),
    );
  };
  updates('/v1/checkout/sessions', 'session', ({ account }, id) => account.session(id));
  updates('/v1/payment_intents', 'payment_intent', ({ account }, id) => account.intents.get(id));
  updates(
    '/v1/charges',
    'charge',
    ({ account }, id) => account.charges.get(id),
    ({ account }, charge) => account.announce('charge.updated', charge),
  );
  updates(
    '/v1/payouts',
    'payout',
    ({ account }, id) => account.payouts.payouts.get(id),
    ({ account }, payout) => account.announce('payout.updated', payout),
  );
}
