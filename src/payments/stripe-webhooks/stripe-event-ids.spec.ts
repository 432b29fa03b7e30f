import { describe, expect, it } from 'vitest';
import { idsIn } from './stripe-event-ids.js';

const NONE = { sessionId: null, paymentIntentId: null, chargeId: null };
const about = (object: unknown) => ({ id: 'evt_1', data: { object } });

describe('What an event is about, whatever else is wrong with it', () => {
  it.each([
    {
      what: 'a session',
      event: about({ id: 'cs_1', payment_intent: 'pi_1' }),
      ids: { ...NONE, sessionId: 'cs_1', paymentIntentId: 'pi_1' },
    },
    { what: 'a charge', event: about({ id: 'ch_1' }), ids: { ...NONE, chargeId: 'ch_1' } },
    {
      what: 'a dispute',
      event: about({ id: 'du_1', charge: { id: 'ch_1' }, payment_intent: { id: 'pi_1' } }),
      ids: { ...NONE, paymentIntentId: 'pi_1', chargeId: 'ch_1' },
    },
    { what: 'nothing it names', event: about({ id: 7, payment_intent: '' }), ids: NONE },
    { what: 'no object', event: about('cs_1'), ids: NONE },
    { what: 'nothing at all', event: null, ids: NONE },
    { what: 'bytes', event: { base64: 'e30=' }, ids: NONE },
  ])('$what', ({ event, ids }) => {
    expect(idsIn(event)).toEqual(ids);
  });
});
