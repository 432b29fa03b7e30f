import { describe, expect, it } from 'vitest';
import { type DecoratedMethod, oneMethodEach } from './one-method-each.js';

type Queue = 'alert.send' | 'inbox.retry';

const atDelivery: DecoratedMethod<Queue> = { key: 'alert.send', name: 'AlertDeliveryService.deliver' };
const atClient: DecoratedMethod<Queue> = { key: 'alert.send', name: 'SlackClient.post' };
const atRetries: DecoratedMethod<Queue> = { key: 'inbox.retry', name: 'InboxRetriesService.runQueued' };

describe('Of each queue, timer and table', () => {
  it('there is one method', () => {
    const methods = oneMethodEach('JobHandler', [atDelivery, atRetries], ['alert.send', 'inbox.retry']);
    expect([...methods]).toEqual([
      ['alert.send', atDelivery],
      ['inbox.retry', atRetries],
    ]);
  });

  it('not two: the start says which they are', () => {
    expect(() => oneMethodEach('JobHandler', [atDelivery, atRetries, atClient])).toThrow(
      "@JobHandler('alert.send') stands at AlertDeliveryService.deliver and at SlackClient.post: " +
        'leave it at one of them.',
    );
  });

  it('not none: the start says where it belongs', () => {
    expect(() => oneMethodEach('JobHandler', [atDelivery], ['alert.send', 'inbox.retry'])).toThrow(
      "@JobHandler('inbox.retry') stands at no method: put it at the one that does the work, in a service that a " +
        'module of AppModule provides.',
    );
  });
});
