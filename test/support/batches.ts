import { expect } from 'vitest';
import type { QboRecord } from '../../sandbox/control-client.ts';
import type { Books, Contractor } from './books.js';
import { eventually } from './eventually.js';
import type { Person } from './people.js';

/** What tells the customers of these tests from all others. */
export const EMAIL_DOMAIN = 'batch.example.com';

export interface BatchAnswer {
  batch_id: string;
  status: string;
  total: number;
  done: number;
  results: {
    customer_id: number;
    ok: boolean;
    result: string;
    qbo_customer_id: string | null;
    error: string | null;
    adopted?: boolean;
  }[];
}

export interface BatchEvent {
  event: string;
  data: { batch_id: string; status: string; total: number; done: number };
}

/** Customers with names and e-mails of their own, straight into the database. */
export async function manyCustomers(books: Books, { orgId }: Contractor, count: number): Promise<number[]> {
  const rows = await books.database.query<{ id: number }>(
    `insert into customers (org_id, email, full_name, phone)
     select $1, 'c' || n || '-' || $3 || '@${EMAIL_DOMAIN}', 'Customer ' || n || ' ' || $3, '555-0100'
       from generate_series(1, $2) as n order by n returning id`,
    [orgId, count, crypto.randomUUID().slice(0, 8)],
  );
  return rows.map((row) => row.id);
}

/** Asks for a batch over HTTP and answers its id. */
export async function requestBatch({ admin }: Contractor, customerIds: readonly number[]): Promise<string> {
  const answer = await admin.post('/qbo/sync/customers', { customer_ids: customerIds });
  expect(answer).toMatchObject({ status: 202, body: { total: new Set(customerIds).size } });
  expect(Object.keys(answer.body as object).toSorted()).toEqual(['batch_id', 'total']);
  return answer.body.batch_id as string;
}

/** The batch once it is done. */
export async function finished({ admin }: Contractor, batchId: string): Promise<BatchAnswer> {
  return eventually(async () => {
    const { body } = await admin.get<BatchAnswer>(`/qbo/sync/batches/${batchId}`);
    if (body.status !== 'done') throw new Error(`still ${body.status}: ${body.done} of ${body.total}`);
    return body;
  });
}

/** What QuickBooks has of `manyCustomers`. */
export async function customersInQbo(books: Books, { realmId }: Contractor): Promise<QboRecord[]> {
  const all = await books.control.records(realmId, 'Customer');
  return all.filter((one) => JSON.stringify(one).includes(EMAIL_DOMAIN));
}

/** The server-sent events of a batch, read to the end of the stream. */
export async function eventsOfBatch(
  { url, token }: Person,
  batchId: string,
): Promise<{ headers: Headers; events: BatchEvent[] }> {
  const response = await fetch(`${url}/qbo/sync/batches/${batchId}/events`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
  });
  const text = await response.text();
  const events = text
    .split('\n\n')
    .filter((block) => block.startsWith('event:'))
    .map((block) => {
      const [event, data] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
      return { event: event!, data: JSON.parse(data!) as BatchEvent['data'] };
    });
  return { headers: response.headers, events };
}
