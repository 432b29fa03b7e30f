import { vi } from 'vitest';
import { JobClient } from '../../src/jobs/job-client.js';
import { currentScope } from '../../src/platform/database/scope.js';
import { ScopedClient } from '../../src/platform/database/scoped.client.js';

/** What begins and ends transactions, and what sets their limits: it is not planned. */
const UNPLANNED = /^\s*(start|begin|commit|rollback|set|select set_config)\b/i;

/**
 * The statements that the database is asked in an organisation while this is done, in their order. What timers look for
 * goes through doors, and the queue's own statements are the library's: neither is among them.
 */
export async function statementsWhile(orgId: number, work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const query = Reflect.get(ScopedClient.prototype, 'query');
  const spy = vi.spyOn(ScopedClient.prototype, 'query').mockImplementation(function (
    this: ScopedClient,
    ...[text, ...rest]
  ) {
    if (currentScope()?.orgId === orgId && !(this instanceof JobClient)) sent.push(String(text));
    return query.call(this, text, ...rest);
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return sent.filter((text) => !UNPLANNED.test(text));
}
