import { setTimeout as pause } from 'node:timers/promises';
import type { Contractor } from './contractors.ts';
import { ask } from './http.ts';
import type { Stage } from './stage.ts';

/** How often a second each thing happens. */
export interface Rates {
  /** Payments that a bookkeeper enters in QuickBooks. */
  received: number;
  /** Sales from the first line to the deposit by card: proposal, approval, payment page, payment. */
  sold: number;
  /** Pages of proposals, invoices and the inbox that people look at. */
  listed: number;
}

const PRICE_CENTS = 480_000;
const LISTS = ['/proposals?limit=100', '/invoices?limit=100', '/inbox?limit=100', '/payments?limit=100'];

/** What people and vendors do all the time, and how often it failed. */
export class SoakLoad {
  readonly done: Record<keyof Rates, number> = { received: 0, sold: 0, listed: 0 };
  readonly failures: string[] = [];
  readonly #stage: Stage;
  readonly #contractors: readonly Contractor[];

  constructor(stage: Stage, contractors: readonly Contractor[]) {
    this.#stage = stage;
    this.#contractors = contractors;
  }

  /** Goes on for so long, each thing at its rate whatever became of those before. */
  async run(rates: Rates, ms: number): Promise<void> {
    const acts = {
      received: (turn: number) => this.#receive(turn),
      sold: (turn: number) => this.#sell(turn),
      listed: (turn: number) => this.#list(turn),
    };
    const kinds = Object.keys(rates) as (keyof Rates)[];
    await Promise.all(kinds.map((kind) => this.#repeat(kind, rates[kind], ms, acts[kind])));
  }

  async #repeat(
    kind: keyof Rates,
    perSecond: number,
    ms: number,
    act: (turn: number) => Promise<unknown>,
  ): Promise<void> {
    const startedAt = performance.now();
    const underWay = new Set<Promise<void>>();
    for (let turn = 0; performance.now() - startedAt < ms; turn += 1) {
      const waitMs = startedAt + (turn * 1000) / perSecond - performance.now();
      if (waitMs > 1) await pause(waitMs);
      const work = act(turn)
        .then(() => void (this.done[kind] += 1))
        .catch((error: unknown) => void this.failures.push(`${kind} ${turn}: ${String(error)}`))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    }
    await Promise.all(underWay);
  }

  /** Company after company, and then the next invoice of each. */
  async #receive(turn: number): Promise<void> {
    const { realmId, invoiceIds } = this.#of(turn);
    const invoiceId = invoiceIds[Math.floor(turn / this.#contractors.length)];
    if (invoiceId === undefined) throw new Error('every invoice is paid');
    await this.#stage.control.receivePayment(realmId, invoiceId);
  }

  async #sell(turn: number): Promise<void> {
    const { token } = this.#of(turn);
    const { url } = this.#stage.api;
    const post = <T>(path: string, body: object): Promise<T> =>
      ask<T>('POST', `${url}${path}`, { body, token });
    const customer = await post<{ id: number }>('/customers', {
      email: `soak-${turn}@bench.test`,
      full_name: `Ann Ruiz ${turn}`,
    });
    const proposal = await post<{ id: number }>('/proposals', {
      name: `Roof ${turn}`,
      customer_id: customer.id,
      lines: [{ description: 'New roof', quantity: 1, unit_price_cents: PRICE_CENTS }],
    });
    await post(`/proposals/${proposal.id}/approve`, {});
    const { session_id: session } = await post<{ session_id: string }>('/payments/checkout_session', {
      proposal_id: proposal.id,
    });
    await this.#stage.control.stripe.pay(session);
  }

  async #list(turn: number): Promise<void> {
    const { token } = this.#of(turn);
    await ask('GET', `${this.#stage.api.url}${LISTS[turn % LISTS.length]!}`, { token });
  }

  #of(turn: number): Contractor {
    return this.#contractors[turn % this.#contractors.length]!;
  }
}
