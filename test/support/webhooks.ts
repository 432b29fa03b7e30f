import { createHmac } from 'node:crypto';
import { DueJobsService } from '../../src/jobs/handlers/due-jobs.service.js';
import type { Clock } from '../../src/platform/time/clock.js';
import type { TestApp } from './app.js';
import { type Books, openBooks } from './books.js';
import { eventually } from './eventually.js';
import type { Answer } from './people.js';

export const VERIFIER = 'verifier-token-of-the-test';
export const OLD_VERIFIER = 'verifier-token-from-before-the-rotation';

/** The CRM with a QuickBooks beside it that tells it of every change. */
export interface BooksWithWebhooks extends Books {
  readonly notices: Notices;
}

/** How and when the sandbox tells of changes (sandbox/README.md). */
export class Notices {
  constructor(private readonly url: string) {}

  /** `url`, `format`, `coalesce_ms`, `drop`, `duplicate`, `shuffle`, `seed`. */
  async configure(settings: object): Promise<void> {
    await this.call('PUT', '', settings);
  }

  async pause(): Promise<void> {
    await this.call('POST', '/pause');
  }

  async resume(): Promise<void> {
    await this.call('POST', '/resume');
  }

  /** Sends everything that waits; answers when the CRM has answered. */
  async flush(): Promise<{ delivered: number; waiting: number; dropped: number }> {
    return this.call('POST', '/flush');
  }

  /** Sends the last so many events again, under their ids. */
  async redeliver(last: number): Promise<void> {
    await this.call('POST', '/redeliver', { last });
  }

  /** Every POST so far, with its body and how it was answered. */
  async deliveries(): Promise<{ state: string; body: string; event_ids: string[] }[]> {
    const { deliveries } = await this.call<{
      deliveries: { state: string; body: string; event_ids: string[] }[];
    }>('GET', '/deliveries');
    return deliveries;
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.url}/sandbox/webhooks${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

/** Opens the books with a QuickBooks that tells the CRM of changes at once, signed with `VERIFIER`. */
export async function openBooksWithWebhooks(
  env: NodeJS.ProcessEnv = {},
  clock?: Clock,
): Promise<BooksWithWebhooks> {
  const tokens = { QBO_WEBHOOK_VERIFIER_TOKEN: `${VERIFIER}, ${OLD_VERIFIER}` };
  const books = await openBooks({ ...tokens, ...env }, clock);
  const notices = new Notices(books.qbo.url);
  const url = `${books.app.url}/qbo/webhooks`;
  await notices.configure({ url, verifier_token: VERIFIER, coalesce_ms: 0 });
  return Object.assign(books, { notices });
}

let eventsMade = 0;

/** A CloudEvent as Intuit writes it. */
export function cloudEvent(
  realmId: string,
  { type = 'qbo.invoice.updated.v1', entityId = '155', ...facts }: Record<string, unknown> = {},
): Record<string, unknown> & { id: string } {
  eventsMade += 1;
  return {
    id: `event-${eventsMade}-${crypto.randomUUID()}`,
    type,
    specversion: '1.0',
    source: 'intuit.c291cmNl',
    datacontenttype: 'application/json',
    time: '2026-11-22T09:10:11.123456789Z',
    intuitentityid: entityId,
    intuitaccountid: realmId,
    data: {},
    ...facts,
  };
}

export function signatureOf(body: string | Buffer, token = VERIFIER): string {
  return createHmac('sha256', token).update(body).digest('base64');
}

/** Sends a body to the CRM as Intuit would, unless told otherwise; once, whatever the answer is. */
export async function deliverOnce(
  app: Pick<TestApp, 'url'>,
  body: object | string | Buffer<ArrayBuffer>,
  options: { signature?: string | null; contentType?: string } = {},
): Promise<Answer<{ received?: boolean; code?: string; detail?: string }>> {
  const sent = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const { signature = signatureOf(sent), contentType = 'application/json' } = options;
  const response = await fetch(`${app.url}/qbo/webhooks`, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      ...(signature === null ? {} : { 'intuit-signature': signature }),
    },
    body: sent,
  });
  const answer = (await response.json()) as { received?: boolean; code?: string; detail?: string };
  return { status: response.status, body: answer, headers: response.headers };
}

/** The same as often as the CRM asks for it, as Intuit does: a busy machine may be over its time. */
export async function deliver(...given: Parameters<typeof deliverOnce>): ReturnType<typeof deliverOnce> {
  for (;;) {
    const answer = await deliverOnce(...given);
    if (answer.body.code !== 'not_kept_in_time') return answer;
  }
}

export interface StoredEvent {
  event_id: string;
  realm_id: string | null;
  org_id: number | null;
  entity: string | null;
  entity_id: string | null;
  operation: string | null;
  state: string;
  reason: string | null;
  attempts: number;
}

/** The stored events of a company, in the order they came. */
export async function eventsAbout(
  { database }: Pick<Books, 'database'>,
  realmId: string,
): Promise<StoredEvent[]> {
  return database.query<StoredEvent>(
    `select event_id, realm_id, org_id, entity, entity_id, operation, state, reason, attempts
       from qbo_events where realm_id = $1 order by received_at, event_id`,
    [realmId],
  );
}

/** The same, once none of them waits any more. Takes up again what is due, as cron does in production. */
export async function settledEvents(
  books: Pick<Books, 'database' | 'app'>,
  realmId: string,
  atLeast = 1,
): Promise<StoredEvent[]> {
  return eventually(async () => {
    await books.app.app.get(DueJobsService).enqueueDue('qbo_events');
    const events = await eventsAbout(books, realmId);
    const pending = events.filter((event) => event.state === 'pending');
    if (events.length < atLeast || pending.length > 0) {
      throw new Error(`${events.length} events, ${pending.length} of them pending: ${pending[0]?.reason}`);
    }
    return events;
  });
}

/** Has everything told that happened so far, and looked into. */
export async function caughtUp(books: BooksWithWebhooks, realmId: string): Promise<StoredEvent[]> {
  await books.notices.flush();
  return settledEvents(books, realmId);
}
