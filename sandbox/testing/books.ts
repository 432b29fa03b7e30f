import fastify from 'fastify';
import { registerControl } from '../control/control.ts';
import { type QboRecord, SandboxControl } from '../control-client.ts';
import type { AccessCheck } from '../http/access-check.ts';
import { createCompany } from '../books/open-company.ts';
import type { Body } from '../books/json.ts';
import { registerV3 } from '../http/v3.ts';
import type { Switches } from '../switches.ts';
import { World } from '../world.ts';

export const REALM = '9341457021722202';

/** Tokens by name: `good` opens the first company, the others show each way a token can be bad. */
const gate: AccessCheck = {
  check(bearer, realmId) {
    if (bearer === 'expired' || bearer === 'revoked') return bearer;
    if (bearer === 'second-app') return 'ok';
    if (bearer !== 'good') return 'unknown';
    return realmId === REALM ? 'ok' : 'wrong_realm';
  },
  clientOf: (bearer) => bearer,
};

export interface Reply {
  status: number;
  body: Body;
  text: string;
  headers: Headers;
}

export interface Books {
  url: string;
  world: World;
  control: SandboxControl;
  /** Any request below `/v3/company/{realm}/`. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Creates a record and returns it; throws when QBO refuses. */
  create(entity: string, body: Body): Promise<QboRecord>;
  /** Updates, voids or deletes, and returns the record. */
  change(entity: string, body: Body, query?: string): Promise<QboRecord>;
  read(entity: string, id: string): Promise<QboRecord>;
  query(statement: string): Promise<Body>;
  /** The fault code a request is refused with, or null when it is not. */
  codeOf(method: string, path: string, body?: unknown): Promise<string | null>;
  close(): Promise<void>;
}

/** Of one route of QuickBooks with a capital letter, of another without. */
interface Fault {
  Error?: { code: string }[];
  error?: { code: string }[];
}

function codeIn(body: Body): string | null {
  const fault = (body.Fault ?? body.fault) as Fault | undefined;
  return (fault?.Error ?? fault?.error)?.[0]?.code ?? null;
}

/** A company's books behind real HTTP, with no OAuth in front. Limits are off unless asked for. */
export async function openTestBooks(switches: Partial<Switches> = {}, fixtures = false): Promise<Books> {
  const world = new World(switches);
  createCompany(world, { realmId: REALM, name: 'Test Company', fixtures });
  const app = fastify({ forceCloseConnections: true });
  registerV3(app, world, gate);
  registerControl(app, world);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });

  const ask: Books['ask'] = async (method, path, body, headers = {}) => {
    const isText = typeof body === 'string';
    const response = await fetch(`${url}/v3/company/${REALM}/${path}`, {
      method,
      headers: {
        authorization: 'Bearer good',
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': isText ? 'application/text' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return {
      status: response.status,
      body: isJson ? (JSON.parse(text) as Body) : {},
      text,
      headers: response.headers,
    };
  };
  const record = ({ status, body, text }: Reply): QboRecord => {
    if (status !== 200) throw new Error(text);
    return Object.values(body).find((value) => typeof value === 'object') as QboRecord;
  };
  return {
    url,
    world,
    control: new SandboxControl(url),
    ask,
    create: async (entity, body) => record(await ask('POST', entity, body)),
    change: async (entity, body, query = '') => record(await ask('POST', `${entity}${query}`, body)),
    read: async (entity, id) => record(await ask('GET', `${entity}/${id}`)),
    query: async (statement) => record(await ask('POST', 'query', statement)),
    codeOf: async (method, path, body) => codeIn((await ask(method, path, body)).body),
    close: () => app.close(),
  };
}

/** An invoice body of one line. */
export function invoiceOf(customerId: string, amount: number, fields: Body = {}): Body {
  const Line = [
    { Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } } },
  ];
  return { CustomerRef: { value: customerId }, Line, ...fields };
}

/** A payment body that puts `applied` on an invoice. */
export function paymentOf(customerId: string, total: number, invoiceId?: string, applied = total): Body {
  const line = { Amount: applied, LinkedTxn: [{ TxnId: invoiceId, TxnType: 'Invoice' }] };
  return {
    CustomerRef: { value: customerId },
    TotalAmt: total,
    Line: invoiceId === undefined ? [] : [line],
  };
}
