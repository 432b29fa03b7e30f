import { describe, expect, it } from 'vitest';
import type { Change } from '../books/change.ts';
import { waitAfterFailures } from './retry-schedule.ts';
import { seededRandom, planPosts } from './delivery-faults.ts';
import type { Notification } from './notification.ts';
import { payloadOf } from './payload.ts';
import { signatureOf } from './intuit-request.ts';

const at = new Date('2026-11-22T09:10:11.123Z');
const context = { source: 'intuit.c291cmNl', voidWord: 'void' } as const;

function notification(eventId: string, change: Partial<Change> = {}): Notification {
  return {
    eventId,
    change: { realmId: '1', entity: 'Invoice', id: '155', operation: 'Update', at, ...change },
  };
}

describe('a CloudEvents notification', () => {
  it('is an array with one event per change', () => {
    expect(JSON.parse(payloadOf([notification('e1')], 'cloudevents', context))).toEqual([
      {
        specversion: '1.0',
        id: 'e1',
        source: 'intuit.c291cmNl',
        type: 'qbo.invoice.updated.v1',
        datacontenttype: 'application/json',
        time: '2026-11-22T09:10:11.123000000Z',
        intuitentityid: '155',
        intuitaccountid: '1',
        data: {},
      },
    ]);
  });

  it.each([
    { operation: 'Create', type: 'qbo.payment.created.v1' },
    { operation: 'Delete', type: 'qbo.payment.deleted.v1' },
    { operation: 'Emailed', type: 'qbo.payment.emailed.v1' },
    { operation: 'Void', type: 'qbo.payment.void.v1' },
  ] as const)('calls $operation $type', ({ operation, type }) => {
    const body = payloadOf([notification('e1', { entity: 'Payment', operation })], 'cloudevents', context);
    expect(JSON.parse(body)).toMatchObject([{ type }]);
  });

  it('says voided where Intuit does', () => {
    const voided = { ...context, voidWord: 'voided' } as const;
    const body = payloadOf([notification('e1', { operation: 'Void' })], 'cloudevents', voided);
    expect(JSON.parse(body)).toMatchObject([{ type: 'qbo.invoice.voided.v1' }]);
  });

  it('names the customer that a merge swallowed', () => {
    const merge = notification('e1', { entity: 'Customer', operation: 'Merge', deletedId: '2' });
    expect(JSON.parse(payloadOf([merge], 'cloudevents', context))).toMatchObject([
      { type: 'qbo.customer.merged.v1', data: { deletedid: '2' } },
    ]);
  });
});

describe('a classic notification', () => {
  it('groups the changes by company', () => {
    const merge = { realmId: '2', entity: 'Customer', id: '1', operation: 'Merge', deletedId: '2' } as const;
    const body = payloadOf(
      [notification('e1'), notification('e2', merge), notification('e3', { id: '156' })],
      'legacy',
      context,
    );
    expect(JSON.parse(body)).toEqual({
      eventNotifications: [
        {
          realmId: '1',
          dataChangeEvent: {
            entities: [
              { name: 'Invoice', id: '155', operation: 'Update', lastUpdated: '2026-11-22T09:10:11.123Z' },
              { name: 'Invoice', id: '156', operation: 'Update', lastUpdated: '2026-11-22T09:10:11.123Z' },
            ],
          },
        },
        {
          realmId: '2',
          dataChangeEvent: {
            entities: [
              {
                name: 'Customer',
                id: '1',
                operation: 'Merge',
                lastUpdated: '2026-11-22T09:10:11.123Z',
                deletedId: '2',
              },
            ],
          },
        },
      ],
    });
  });
});

describe('the signature', () => {
  it('is base64 of HMAC-SHA256 over the bytes of the body', () => {
    // Computed with: printf '{"a":"é"}' | openssl dgst -sha256 -hmac verifier -binary | base64
    expect(signatureOf('{"a":"é"}', 'verifier')).toBe('Tuv5VyhUrdU0eqShdV9ZkUQuTF8ma8I+uZPDZoiy+/4=');
  });
});

describe('the retry schedule', () => {
  it('climbs from ten seconds to six hours and stays there', () => {
    const seconds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map((failures) => waitAfterFailures(failures, 1) / 1000);
    expect(seconds).toEqual([10, 20, 30, 300, 1200, 7200, 14_400, 21_600, 21_600, 21_600]);
  });

  it('can be climbed faster', () => {
    expect(waitAfterFailures(1, 1000)).toBe(10);
  });
});

describe('delivery faults', () => {
  const many = Array.from({ length: 400 }, (_, index) => notification(`e${index}`));
  const plan = (
    faults: Parameters<typeof planPosts>[1],
    seed = 7,
  ): ReturnType<typeof planPosts<Notification>> => planPosts(many, faults, seededRandom(seed), 100);
  const ids = (posts: readonly Notification[][]): string[] => posts.flat().map(({ eventId }) => eventId);

  it('are none by default: every event once, in order, a hundred to a POST', () => {
    const { posts, dropped } = plan({ drop: 0, duplicate: 0, shuffle: false });
    expect(posts.map((post) => post.length)).toEqual([100, 100, 100, 100]);
    expect(ids(posts)).toEqual(many.map(({ eventId }) => eventId));
    expect(dropped).toEqual([]);
  });

  it('drop about as many as asked', () => {
    const { dropped } = plan({ drop: 0.25, duplicate: 0, shuffle: false });
    expect(dropped.length).toBeGreaterThan(70);
    expect(dropped.length).toBeLessThan(130);
  });

  it('send every event twice when asked, under the same id', () => {
    const { posts } = plan({ drop: 0, duplicate: 1, shuffle: false });
    expect(ids(posts)).toHaveLength(800);
    expect(new Set(ids(posts)).size).toBe(400);
  });

  it('shuffle without losing any, each event alone', () => {
    const { posts } = plan({ drop: 0, duplicate: 0, shuffle: true });
    expect(posts.every((post) => post.length === 1)).toBe(true);
    expect(ids(posts)).not.toEqual(many.map(({ eventId }) => eventId));
    expect(ids(posts).toSorted()).toEqual(many.map(({ eventId }) => eventId).toSorted());
  });

  it('repeat with the same seed and differ with another', () => {
    const faults = { drop: 0.3, duplicate: 0.3, shuffle: true };
    expect(plan(faults, 3)).toEqual(plan(faults, 3));
    expect(plan(faults, 3)).not.toEqual(plan(faults, 4));
  });
});
