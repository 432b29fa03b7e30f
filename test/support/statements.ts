import { vi } from 'vitest';
import { currentScope } from '../../src/platform/database/scope/scope.js';
import { ScopedClient } from '../../src/platform/database/scope/scoped.client.js';

/** What begins and ends transactions, and what sets their limits: it is not planned. */
const UNPLANNED = /^\s*(start|begin|commit|rollback|set|select set_config)\b/i;

/** A statement that the database was asked, and how many rows it answered. */
interface Asked {
  text: string;
  rows: number;
}

/** What the job queue's own pool signs in as. */
function isOfQueue(client: ScopedClient): boolean {
  const { connectionParameters } = client as unknown as {
    connectionParameters: { application_name?: string };
  };
  return connectionParameters.application_name === 'peakpro-crm jobs';
}

/** The statements that the database is asked in an organisation while this is done, in their order. */
export async function statementsWhile(orgId: number, work: () => Promise<unknown>): Promise<string[]> {
  return (await askedWhile(orgId, work)).map(({ text }) => text);
}

/** How many rows the database answers in an organisation while this is done. */
export async function rowsReadWhile(orgId: number, work: () => Promise<unknown>): Promise<number> {
  return (await askedWhile(orgId, work)).reduce((sum, { rows }) => sum + rows, 0);
}

/** What timers look for goes through doors, and the queue's own statements are the library's: neither is among them. */
async function askedWhile(orgId: number, work: () => Promise<unknown>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const query = Reflect.get(ScopedClient.prototype, 'query');
  const spy = vi.spyOn(ScopedClient.prototype, 'query').mockImplementation(function (
    this: ScopedClient,
    ...[text, ...rest]
  ) {
    const answer = query.call(this, text, ...rest) as unknown;
    if (currentScope()?.orgId === orgId && !isOfQueue(this)) {
      const one: Asked = { text: String(text), rows: 0 };
      asked.push(one);
      const count = (result: { rowCount?: number | null }): void => void (one.rows = result.rowCount ?? 0);
      if (answer instanceof Promise) void answer.then(count, () => {});
    }
    return answer as never;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return asked.filter(({ text }) => !UNPLANNED.test(text));
}
