import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { anApprovedProposal, type Contractor, eventsOf } from '../../support/books.js';
import { createOrg, type Person } from '../../support/people.js';
import {
  type BooksWithStripe,
  openCheckout,
  startBooksWithStripe,
  STRIPE_KEY,
  STRIPE_SECRET,
} from '../../support/stripe.js';

const PATH = '/payments/checkout_session';

describe('When Stripe does not answer', () => {
  let books: BooksWithStripe;
  let app: TestApp;
  let gate: Gate;
  let admin: Person;
  let seller: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe();
    gate = await Gate.open(books.qbo.url);
    app = await startApp({
      databaseUrl: books.database.url,
      env: {
        STRIPE_SECRET_KEY: STRIPE_KEY,
        STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
        STRIPE_API_BASE_URL: gate.url,
      },
    });
    seller = { ...(await createOrg(app)), realmId: '' };
    ({ admin } = seller);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    gate.close();
    await books[Symbol.asyncDispose]();
  });

  it('after it opened the session, the next try gets the same one', async () => {
    const proposalId = await anApprovedProposal(seller);
    gate.mood = 'swallow the answer';
    const lost = await admin.post(PATH, { proposal_id: proposalId });
    expect(lost).toMatchObject({ status: 503, body: { code: 'stripe_unreachable' } });
    expect(lost.headers.get('retry-after')).toBe('10');
    expect(JSON.stringify(lost.body)).not.toContain(STRIPE_KEY);
    gate.mood = 'pass';
    const { session_id: session } = await openCheckout(admin, proposalId);
    expect(gate.sessionsOpenedFor(proposalId)).toEqual(new Set([session]));
    expect(await eventsOf(seller, proposalId)).toEqual(['approve', 'checkout_created']);
  });

  it('but fails on its side, the next try is a new request: Stripe repeats a failure under its key', async () => {
    const proposalId = await anApprovedProposal(seller);
    gate.mood = 'fail';
    expect(await admin.post(PATH, { proposal_id: proposalId })).toMatchObject({
      status: 503,
      body: { code: 'stripe_failed' },
    });
    gate.mood = 'pass';
    await openCheckout(admin, proposalId);
    const rows = await books.database.query<{ status: string; error: string | null }>(
      'select status, error from checkout_sessions where proposal_id = $1 order by id',
      [proposalId],
    );
    expect(rows).toEqual([
      { status: 'failed', error: 'stripe_failed' },
      { status: 'open', error: null },
    ]);
  });

  it('and refuses our key, nothing of the key is told', async () => {
    const proposalId = await anApprovedProposal(seller);
    gate.mood = 'refuse the key';
    const answer = await admin.post(PATH, { proposal_id: proposalId });
    expect(answer).toMatchObject({ status: 502, body: { code: 'stripe_key_refused' } });
    expect(JSON.stringify(answer.body)).not.toContain('sk_');
    gate.mood = 'pass';
  });
});

/** Stands between the application and the sandbox's Stripe. */
class Gate {
  mood: 'pass' | 'swallow the answer' | 'fail' | 'refuse the key' = 'pass';
  readonly #opened: { id: string; metadata: { proposal_id: string } }[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(target: string): Promise<Gate> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const gate = new Gate(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => {
      void gate.forward(target, request, response);
    });
    return gate;
  }

  sessionsOpenedFor(proposalId: number): Set<string> {
    const wanted = this.#opened.filter(({ metadata }) => metadata.proposal_id === `${proposalId}`);
    return new Set(wanted.map(({ id }) => id));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async forward(
    target: string,
    request: Parameters<Parameters<typeof createServer>[1] & object>[0],
    response: Parameters<Parameters<typeof createServer>[1] & object>[1],
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const refusals = { fail: 500, 'refuse the key': 401 } as const;
    if (this.mood === 'fail' || this.mood === 'refuse the key') {
      response.writeHead(refusals[this.mood], { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ error: { type: 'api_error', message: 'Invalid API Key provided: sk_test_***' } }),
      );
      return;
    }
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method,
      headers: Object.entries(request.headers)
        .filter(([name]) => !['host', 'connection', 'content-length'].includes(name))
        .map(([name, value]) => [name, String(value)] as [string, string]),
      body: Buffer.concat(chunks),
    });
    const text = await answer.text();
    this.#opened.push(JSON.parse(text));
    if (this.mood === 'swallow the answer') return void response.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(text);
  }
}
