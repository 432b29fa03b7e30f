import { createHmac, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import fastify, { type FastifyRequest } from 'fastify';
import pg from 'pg';
import { ROOT } from '../harness/root.ts';

/**
 * What the product is compared with: Fastify and the driver of PostgreSQL, nothing else, doing the same work: the
 * signature, issuer, audience and end of the token, the caller looked up, the same statements, the same answers. It has
 * no request log, metrics, security headers, limits, scopes of organisations or error handling.
 */
const { DATABASE_URL, JWT_SECRET_KEY = '', PORT, DB_POOL_MAX = '10' } = process.env;

const built = async <Exports>(file: string): Promise<Exports> =>
  (await import(join(ROOT, 'dist/src', file))) as Exports;
const { STANDING } = await built<{ STANDING: string }>('auth/people/standing.repository.js');
const { OWN_ORGS } = await built<{ OWN_ORGS: string }>('auth/people/memberships.repository.js');
const { proposalsStatement, LINES_OF_PROPOSALS } = await built<{
  proposalsStatement: (
    orgId: number,
    filter: object,
    window: { sort: string; limit: number },
  ) => { text: string; values: unknown[] };
  LINES_OF_PROPOSALS: string;
}>('proposals/proposal-list.repository.js');
const { text: PROPOSALS } = proposalsStatement(1, {}, { sort: 'id', limit: 100 });

interface Claims {
  sub: string;
  org: number;
  epoch: number;
  sid: string;
  iss: string;
  aud: string;
  exp: number;
}

interface Person {
  orgId: number;
  email: string;
  fullName: string;
  company: string;
  isActive: boolean;
  tokenEpoch: number;
  roles: string[];
  expiresAt: Date | null;
  endedAt: Date | null;
}

class Unauthenticated extends Error {
  readonly statusCode = 401;
}

/** Kept as long as the product keeps its own: what a connection costs to make is not the work that is compared. */
const CONNECTION_IDLE_MS = 60_000;
const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  max: Number(DB_POOL_MAX),
  idleTimeoutMillis: CONNECTION_IDLE_MS,
});

function claimsOf(token: string): Claims {
  const [head = '', body = '', signature = ''] = token.split('.');
  const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg: string };
  const expected = createHmac('sha256', JWT_SECRET_KEY).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (alg !== 'HS256' || given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new Unauthenticated();
  }
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  const isOurs = claims.iss === 'peakpro-crm' && claims.aud === 'peakpro-crm/api';
  if (!isOurs || claims.exp <= Date.now() / 1000) throw new Unauthenticated();
  return claims;
}

async function personOf({ headers }: FastifyRequest): Promise<Person & { userId: number }> {
  const { authorization = '' } = headers;
  if (!authorization.startsWith('Bearer ')) throw new Unauthenticated();
  const { sub, org, epoch, sid } = claimsOf(authorization.slice('Bearer '.length));
  const userId = Number(sub);
  const { rows } = await pool.query<Person>(STANDING, [userId, sid, org]);
  const [person] = rows;
  const stands = person?.isActive && person.tokenEpoch === epoch;
  if (!stands || person.endedAt !== null || (person.expiresAt && person.expiresAt <= new Date())) {
    throw new Unauthenticated();
  }
  return { ...person, userId, orgId: org };
}

const app = fastify();

app.get('/health/live', async () => ({ status: 'ok' }));

app.get('/auth/me', async (request) => {
  const { userId, email, fullName, orgId, isActive, roles } = await personOf(request);
  const { rows: orgs } = await pool.query(OWN_ORGS, [userId]);
  return { id: userId, email, full_name: fullName, org_id: orgId, is_active: isActive, roles, orgs };
});

app.get('/proposals', async (request) => {
  const { orgId } = await personOf(request);
  const limit = Number((request.query as { limit: string }).limit);
  const { rows } = await pool.query(PROPOSALS, [orgId, limit + 1]);
  const ids = rows.map((row) => row.id);
  const lines = await pool.query(LINES_OF_PROPOSALS, [orgId, ids]);
  const linesOf = new Map<number, object[]>(ids.map((id) => [id, []]));
  for (const line of lines.rows) {
    linesOf.get(line.proposalId)!.push({
      id: line.id,
      description: line.description,
      quantity: Number(line.quantity),
      unit_price_cents: Number(line.unitPriceCents),
      amount_cents: Number(line.amountCents),
    });
  }
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map((row) => ({
      id: row.id,
      org_id: row.orgId,
      name: row.name,
      customer_id: row.customerId,
      customer_name: row.customerName,
      status: row.status,
      amount_cents: cents(row.amountCents),
      currency: row.currency,
      lines: linesOf.get(row.id),
      site_address: row.siteAddress,
      deposit_paid_cents: cents(row.depositPaidCents),
      approved_at: row.approvedAt?.toISOString() ?? null,
      created_at: row.createdAt.toISOString(),
      updated_at: row.updatedAt.toISOString(),
      qbo_invoice_id: row.qboInvoiceId,
      qbo_invoice_number: row.qboInvoiceNumber,
      qbo_status: row.qboStatus,
      qbo_state: row.invoiceState,
      qbo_due_on: row.invoiceDueOn,
      qbo_total_cents: cents(row.invoiceTotalCents),
      qbo_balance_cents: cents(row.qboBalanceCents),
      qbo_paid_cents: cents(row.qboPaidCents),
      qbo_last_sync_at: row.qboLastSyncAt?.toISOString() ?? null,
    })),
    next_cursor: last ? Buffer.from(`id:${last.id}`).toString('base64url') : null,
  };
});

function cents(text: string | null): number | null {
  return text === null ? null : Number(text);
}

process.once('SIGTERM', () => void app.close().then(() => pool.end()));
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
