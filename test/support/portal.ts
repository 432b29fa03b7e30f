import type { TestApp } from './app.js';
import { type Person, someEmail } from './people.js';

export const ROOF = [
  {
    description: 'Tear off and haul away old shingles, per square',
    quantity: 24.5,
    unit_price_cents: 12_500,
  },
  { description: 'Architectural shingles, laid, per square', quantity: 24.5, unit_price_cents: 38_500 },
  { description: 'Repeat customer discount', quantity: 1, unit_price_cents: -25_000 },
];

export interface ProposalRequest {
  name?: string;
  customerName?: string;
  email?: string;
  currency?: string;
  lines?: object[];
}

/** A draft for a customer of its own: 12,245.00 in total unless told otherwise. */
export async function aDraft(seller: Person, request: ProposalRequest = {}): Promise<number> {
  const { name = 'Roof replacement, 412 Aspen Way', customerName = 'Maria Ruiz', lines = ROOF } = request;
  const email = request.email ?? someEmail('customer');
  const customer = await seller.post('/customers', { email, full_name: customerName });
  const body = { name, customer_id: customer.body.id, currency: request.currency ?? 'USD', lines };
  const draft = await seller.post('/proposals', body);
  if (draft.status !== 201) throw new Error(`no draft: ${JSON.stringify(draft.body)}`);
  return draft.body.id as number;
}

export interface Link {
  id: number;
  token: string;
  /** Where its page is on this app, whatever address customers are told. */
  path: string;
  url: string;
}

/** A link to the page of a proposal. Throws where none is made. */
export async function aLink(seller: Person, proposalId: number, body?: object): Promise<Link> {
  const answer = await seller.post(`/portal/links/${proposalId}`, body);
  if (answer.status !== 201) throw new Error(`no link: ${JSON.stringify(answer.body)}`);
  const token = (answer.body.url as string).split('/').at(-1)!;
  return {
    id: answer.body.link_id as number,
    token,
    path: `/portal/p/${token}`,
    url: answer.body.url as string,
  };
}

export interface Shown {
  status: number;
  html: string;
  headers: Headers;
}

/** As a customer's browser opens a page. */
export async function openPage(app: TestApp, path: string, headers?: Record<string, string>): Promise<Shown> {
  return shown(await fetch(`${app.url}${path}`, { redirect: 'manual', headers }));
}

/** As a customer's browser sends a form of the page. */
export async function sendForm(
  app: TestApp,
  path: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = { 'sec-fetch-site': 'same-origin', origin: 'null' },
): Promise<Shown> {
  const body = new URLSearchParams(fields);
  return shown(await fetch(`${app.url}${path}`, { method: 'POST', redirect: 'manual', body, headers }));
}

/** The version of the proposal that a page shows, as its form sends it. */
export function versionIn(html: string): string {
  return /name="version" value="([0-9a-f]{64})"/.exec(html)?.[1] ?? '';
}

async function shown(response: Response): Promise<Shown> {
  return { status: response.status, html: await response.text(), headers: response.headers };
}
