import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import type { HTTPMethods, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { Attempt, Message } from '../../../sandbox/webhooks/http-post.ts';
import { type Actor, actAsNobody, currentActor } from './actor.ts';
import { CallOverlaps } from './call-overlaps.ts';
import type { Fault, Scheduler } from './scheduler.ts';
import type { SimulatedTime } from './simulated-time.ts';

export interface VendorRequest {
  method: HTTPMethods;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
  signal: AbortSignal | null | undefined;
}

export interface Reply {
  status: number;
  headers: Record<string, string>;
  text: string;
}

type Outcome = { reply: Reply; afterMs: number } | { error: string } | 'silence';

/** Something under way that arrives by itself: a vendor's message, or a request that the network kept. */
export interface LateDelivery {
  readonly label: string;
  at: number;
  tries: number;
  /** The vendor's message; undefined for a request, which is carried out. */
  readonly message?: Message;
  readonly execute?: () => Promise<void>;
}

/** What a call to a vendor takes. */
const LATENCY_MS = { low: 20, high: 180 };
/** A request that is carried out at all is so within the two minutes after which QuickBooks gives up. */
const LATE_MS = { low: 1_000, high: 100_000 };
const ofSdk = createRequire(createRequire(import.meta.url).resolve('node-quickbooks'));

/** The network between the product and its vendors: no socket, and only what the scheduler lets through. */
export class SimulatedNetwork {
  deliveries: LateDelivery[] = [];
  /** Tokens that a vendor has given out, some of them. */
  secrets: string[] = [];
  /** Where requests to the product go. */
  toProduct: (request: VendorRequest) => Promise<Reply> = () => Promise.reject(failure('ECONNREFUSED'));
  /** Of refreshes of tokens. */
  readonly refreshes = new CallOverlaps();
  /** Requests that nobody decides about and that are not answered yet: the scheduler waits for them. */
  underWay = 0;
  /** May be changed by a planted bug. */
  rewrite: (request: VendorRequest) => VendorRequest = (request) => request;
  readonly #fetch = globalThis.fetch;
  readonly #axios = ofSdk('axios') as { defaults: { adapter: unknown }; getUri(config: object): string };
  readonly #adapter: unknown;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly time: SimulatedTime,
    private readonly sandbox: Sandbox,
    private readonly between: (low: number, high: number) => number,
  ) {
    this.#adapter = this.#axios.defaults.adapter;
  }

  install(): void {
    globalThis.fetch = async (given, { method = 'GET', headers, body, signal } = {}) => {
      const url = given instanceof Request ? given.url : given.toString();
      const text = body instanceof URLSearchParams || typeof body === 'string' ? String(body) : undefined;
      const form: Record<string, string> = body instanceof URLSearchParams ? { 'content-type': FORM } : {};
      const all = { ...form, ...Object.fromEntries(new Headers(headers)) };
      const request = { method, url, headers: all, body: text, signal };
      const reply = await (url.startsWith(PRODUCT_URL) ? this.toProduct(request) : this.#send(request)).catch(
        fetchFailed,
      );
      return new Response(reply.status === 204 ? null : reply.text, reply);
    };
    this.#axios.defaults.adapter = async (config: AxiosRequest) => {
      const url = this.#axios.getUri(config);
      const { method, data, signal } = config;
      const headers = config.headers.toJSON();
      const reply = await this.#send({
        method: method.toUpperCase(),
        url,
        headers,
        body: data,
        signal,
      });
      const answer = config.responseType === 'arraybuffer' ? Buffer.from(reply.text) : reply.text;
      return { ...reply, data: answer, statusText: '', config, request: {} };
    };
    this.sandbox.world.post = (message, at) => this.#take(message, at);
  }

  uninstall(): void {
    globalThis.fetch = this.#fetch;
    this.#axios.defaults.adapter = this.#adapter;
  }

  async #send(request: VendorRequest): Promise<Reply> {
    const actor = currentActor();
    if (!actor || !this.scheduler.isRunning) return this.#execute(request);
    const answered = (): Promise<Reply> => this.#answered(actor, request);
    return REFRESH.test(request.body ?? '')
      ? this.refreshes.during(actor, this.time.now, answered)
      : answered();
  }

  async #answered(actor: Actor, request: VendorRequest): Promise<Reply> {
    const outcome = await this.scheduler.ask<Outcome>({
      actor,
      kind: 'call',
      label: callLabel(request),
      perform: (fault) => this.#perform(request, fault),
    });
    if (outcome === 'silence') return aborted(request.signal);
    if ('error' in outcome) throw failure(outcome.error);
    if (outcome.afterMs === 0) return outcome.reply;
    return Promise.race([pause(outcome.afterMs, outcome.reply), aborted(request.signal)]);
  }

  async #perform(request: VendorRequest, fault: Fault | null): Promise<Outcome> {
    this.time.moveTo(this.time.now + this.between(LATENCY_MS.low, LATENCY_MS.high));
    if (request.signal?.aborted) return 'silence';
    const sent = this.rewrite(request);
    switch (fault) {
      case 'not reached':
        return { error: 'ECONNREFUSED' };
      case 'request lost':
        return 'silence';
      case 'unavailable':
        return {
          reply: { status: 503, headers: HTML, text: '<html>Service Unavailable</html>' },
          afterMs: 0,
        };
      case 'throttled':
        return { reply: { status: 429, headers: HTML, text: '{}' }, afterMs: 0 };
      case 'request late': {
        const execute = async () => void (await this.#execute(sent));
        const at = this.time.now + this.between(LATE_MS.low, LATE_MS.high);
        this.deliveries.push({ label: `late ${callLabel(request)}`, at, tries: 0, execute });
        return 'silence';
      }
      default: {
        const reply = await this.#execute(sent);
        if (fault === 'answer lost') return { error: 'ECONNRESET' };
        const afterMs = fault === 'answer late' ? this.between(LATE_MS.low, LATE_MS.high) : 0;
        return { reply, afterMs };
      }
    }
  }

  async #execute(request: VendorRequest): Promise<Reply> {
    this.underWay += 1;
    try {
      const reply = replyOf(await actAsNobody(async () => this.sandbox.inject(injected(request))));
      const token = /"refresh_token":"([^"]+)"/.exec(reply.text)?.[1];
      if (token !== undefined) this.secrets.push(token);
      return reply;
    } finally {
      this.underWay -= 1;
    }
  }

  /** The vendor hears at once that its message has come; whether it does is up to the network. */
  async #take(message: Message, at: Date): Promise<Attempt> {
    const label = message.url.endsWith('/payments/webhook') ? 'Stripe event' : 'QuickBooks event';
    this.deliveries.push({ label, at: this.time.now, tries: 0, message });
    return { at, status: 200, error: null, tookMs: 0 };
  }
}

/** Where the product's API is, for its callers. */
export const PRODUCT_URL = 'http://crm.simulated';

/** A request as a server of this process takes it. */
export function injected({ method, url, headers, body }: VendorRequest): InjectOptions {
  const { pathname, search } = new URL(url);
  return { method, url: pathname + search, headers, payload: body };
}

export function replyOf({ statusCode, headers, body }: LightMyRequestResponse): Reply {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { status: statusCode, headers: Object.fromEntries(lower) as Reply['headers'], text: body };
}

const REFRESH = /\bgrant_type=refresh_token\b/;
const FORM = 'application/x-www-form-urlencoded';
const HTML = { 'content-type': 'text/html' };

interface AxiosRequest {
  method: string;
  headers: { toJSON(): Record<string, string> };
  data: string | undefined;
  signal: AbortSignal | undefined;
  responseType?: string;
}

export function failure(code: string): Error {
  return Object.assign(new Error(`simulated: ${code}`), { code });
}

function fetchFailed(error: Error): never {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') throw error;
  throw new TypeError('fetch failed', { cause: error });
}

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void =>
      reject(signal?.reason instanceof Error ? signal.reason : failure('ERR_CANCELED'));
    if (signal?.aborted) fail();
    else signal?.addEventListener('abort', fail, { once: true });
  });
}

/** `POST invoice`, `GET query Customer`, `POST tokens/bearer refresh_token`, `POST refunds`: no id of anything. */
function callLabel({ method, url, body }: VendorRequest): string {
  const { pathname, searchParams } = new URL(url);
  const asked = /from\s+(\w+)/i.exec(searchParams.get('query') ?? body ?? '')?.[1];
  const words = pathname
    .replace(/^\/v3\/company\/\w+\//, 'QuickBooks ')
    .replace(/^\/v1\//, 'Stripe ')
    .split('/')
    .filter((word) => !/\d/.test(word) && word !== '');
  const granted = /grant_type=(\w+)/.exec(body ?? '')?.[1];
  const what = searchParams.get('operation') ?? (pathname.includes('query') ? asked : granted);
  return [method, words.join('/'), what].filter(Boolean).join(' ');
}
