import type { Json } from '../oauth/test-app.ts';

/**
 * The merchant of the specs: calls Stripe's API over HTTP as a shop's server does, and its page as a
 * customer's browser does.
 */
export class TestMerchant {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async call(
    method: string,
    path: string,
    form: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<{ status: number; headers: Headers; body: Json }> {
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: 'Bearer sk_test_123', ...headers },
      ...(method === 'POST' && { body: new URLSearchParams(form) }),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json };
  }

  order(changes: Record<string, string> = {}): Record<string, string> {
    return {
      mode: 'payment',
      success_url: 'http://localhost:8089/portal/done?session={CHECKOUT_SESSION_ID}',
      cancel_url: 'http://localhost:8089/portal',
      client_reference_id: 'proposal-7',
      customer_email: 'eva@customers.example',
      'metadata[proposal_id]': '7',
      'payment_intent_data[metadata][proposal_id]': '7',
      'line_items[0][quantity]': '2',
      'line_items[0][price_data][currency]': 'usd',
      'line_items[0][price_data][unit_amount]': '12550',
      'line_items[0][price_data][product_data][name]': 'Roof deposit',
      ...changes,
    };
  }

  async session(changes: Record<string, string> = {}): Promise<Json> {
    return (await this.call('POST', '/v1/checkout/sessions', this.order(changes))).body;
  }

  async sessionNow(id: unknown): Promise<Json> {
    return (await this.call('GET', `/v1/checkout/sessions/${String(id)}`)).body;
  }

  /** Presses a button of the hosted page. */
  press(session: Json, how: 'pay' | 'fail' | 'later'): Promise<Response> {
    return fetch(String(session['url']), {
      method: 'POST',
      body: new URLSearchParams({ how }),
      redirect: 'manual',
    });
  }
}
