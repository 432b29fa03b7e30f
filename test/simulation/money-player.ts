import { SandboxRefusal, type QboRecord } from '../../sandbox/control-client.ts';
import { QboError } from '../../src/qbo-sync/api/errors/qbo-error.js';
import { anApprovedProposal, beginsWith, type Contractor } from '../support/books.js';
import { createOrg, provingAgain } from '../support/people.js';
import type { BooksWithStripe } from '../support/stripe.js';
import type { Step, StepKind, Story } from './money-story.ts';

/** Where a story is played: what differs between real processes in real time and simulated ones. */
export interface MoneyStage {
  readonly books: BooksWithStripe;
  /** Of the company that the story opens; the sandbox names it where there is none. */
  readonly realmId?: string;
  connect(contractor: Contractor): Promise<void>;
  /** Has the company polled. */
  poll(contractor: Contractor): Promise<void>;
  /** Kills the process that runs jobs, and starts it again. */
  kill(): Promise<void>;
  /** Lets time pass: the longer, the higher `which` is, from 0 to 9. */
  pause(which: number): Promise<void>;
}

/** How calls to QuickBooks fail: not done and answered so, done and the answer lost, or late. */
const QUICKBOOKS_FAULTS = [
  { kind: '503_html', when: 'before' },
  { kind: '503_html', when: 'after' },
  { kind: 'reset', when: 'after' },
  { kind: 'slow', when: 'before', delay_ms: 400 },
] as const;
const STRIPE_FAULTS = [
  { operation: 'refunds.create', kind: '500', when: 'after' },
  { operation: 'refunds.create', kind: 'reset', when: 'before' },
  { operation: 'checkout.sessions.create', kind: 'reset', when: 'after' },
  { operation: 'checkout.sessions.expire', kind: '429', when: 'before' },
] as const;
const REPEATED_EVENTS = 5;

/** Plays a story: one organisation with one company and one proposal, whose events share the Stripe account. */
export class MoneyPlayer {
  /** Of the payments that were made, oldest first. */
  readonly intents: string[] = [];
  readonly #refunds: string[] = [];
  readonly #disputes: string[] = [];
  /** Of the payment pages that the customer has open and has not paid. */
  readonly #pages: string[] = [];
  #connected = false;

  private constructor(
    private readonly stage: MoneyStage,
    readonly contractor: Contractor,
    readonly proposalId: number,
    readonly story: Story,
  ) {}

  get books(): BooksWithStripe {
    return this.stage.books;
  }

  static async open(stage: MoneyStage, story: Story): Promise<MoneyPlayer> {
    const { books, realmId } = stage;
    const { orgId, admin } = await createOrg(books.app, `Roofing ${story.seed}`);
    const company = await books.control.createCompany({
      name: `Roofing ${story.seed}`,
      fixtures: 'sales',
      ...(realmId === undefined ? {} : { realm_id: realmId }),
    });
    const contractor = { orgId, admin, realmId: company.realm_id };
    const proposalId = await anApprovedProposal(contractor, { amountCents: story.amountCents });
    return new MoneyPlayer(stage, contractor, proposalId, story);
  }

  async play(): Promise<void> {
    for (const step of this.story.steps) await this.act(step);
  }

  /**
   * What is impossible at the moment is left out: Stripe or QuickBooks says no to it, as to a person, or fails. False
   * where what it is about is not there.
   */
  async act(step: Step): Promise<boolean> {
    try {
      return (await this.#acts[step.kind](step)) !== false;
    } catch (error) {
      if (!(error instanceof SandboxRefusal) && !(error instanceof QboError)) throw error;
      return true;
    }
  }

  async connect(): Promise<void> {
    if (this.#connected) return;
    await this.stage.connect(this.contractor);
    this.#connected = true;
  }

  /** Connects where the CRM says that it is not: a connection and its end that met may leave either. */
  async reconnect(): Promise<void> {
    const { body } = await this.contractor.admin.get<{ connected: boolean }>('/qbo/status');
    this.#connected = body.connected;
    await this.connect();
  }

  /** Reads the invoice now, where there is one. */
  async check(): Promise<void> {
    await this.contractor.admin.post(`/qbo/sync/invoice/${this.proposalId}/check`);
  }

  /** False where there is nothing to do it to. */
  readonly #acts: Record<StepKind, (step: Step) => Promise<unknown>> = {
    pay: () => this.#pay(),
    'open page': () => this.#openPage(),
    'pay kept page': ({ which }) => this.#payKeptPage(which),
    'access ends': () => this.books.control.expireAccess(this.contractor.realmId),
    'refund at Stripe': ({ share, which }) => this.#refundAtStripe(share, which),
    'refund here': ({ share, which }) => this.#refundHere(share, which),
    'refund fails': async ({ which }) => {
      const refund = one(this.#refunds, which);
      if (refund) await this.books.control.stripe.updateRefund(refund, 'failed');
    },
    dispute: ({ share, which }) => this.#dispute(share, which),
    'dispute won': ({ which }) => this.#closeDispute(which, 'won'),
    'dispute lost': ({ which }) => this.#closeDispute(which, 'lost'),
    'repeat events': () => this.books.control.stripe.redeliver({ last: REPEATED_EVENTS }),
    'events wait': () => this.books.control.stripe.pause(),
    'events come': async () => {
      await this.books.control.stripe.resume();
      await this.books.control.stripe.flush('shuffled');
    },
    connect: () => this.connect(),
    disconnect: async () => {
      this.#connected = false;
      const { admin } = this.contractor;
      await provingAgain(admin, () => admin.post('/qbo/disconnect'));
    },
    invoice: () => this.contractor.admin.post(`/qbo/invoice/${this.proposalId}`),
    'invoice again': () => this.contractor.admin.post(`/qbo/invoice/${this.proposalId}`, { again: true }),
    'receive payment': async ({ share }) => {
      const invoice = await this.#invoice();
      const amount = Math.round(Number(invoice?.Balance ?? 0) * share) / 100;
      if (!invoice || amount <= 0) return false;
      return this.books.control.receivePayment(this.contractor.realmId, invoice.Id, { amount });
    },
    'void invoice': () => this.#undoInvoice('voidInvoice'),
    'delete invoice': () => this.#undoInvoice('deleteInvoice'),
    'void payment': ({ which }) => this.#undoPayment('voidPayment', which),
    'delete payment': ({ which }) => this.#undoPayment('deletePayment', which),
    check: () => this.check(),
    poll: async () => {
      if (this.#connected) await this.stage.poll(this.contractor);
    },
    'QuickBooks fails': ({ which }) =>
      this.books.control.planFault({
        operation: '*',
        realm_id: this.contractor.realmId,
        times: 1 + (which % 3),
        ...one(QUICKBOOKS_FAULTS, which)!,
      }),
    'Stripe fails': ({ which }) =>
      this.books.control.stripe.planFault({ times: 1, ...one(STRIPE_FAULTS, which)! }),
    kill: () => this.stage.kill(),
    pause: ({ which }) => this.stage.pause(which),
  };

  async #pay(): Promise<boolean> {
    const { admin } = this.contractor;
    const { status, body } = await admin.post('/payments/checkout_session', { proposal_id: this.proposalId });
    if (status !== 200) return false;
    const { payment_intent: intent } = await this.books.control.stripe.pay(body.session_id as string);
    if (intent) this.intents.push(intent);
    return true;
  }

  async #openPage(): Promise<boolean> {
    const { admin } = this.contractor;
    const { status, body } = await admin.post('/payments/checkout_session', { proposal_id: this.proposalId });
    if (status === 200) this.#pages.push(body.session_id as string);
    return status === 200;
  }

  /** As long as Stripe shows it, whatever is owed by now. */
  async #payKeptPage(which: number): Promise<boolean> {
    const page = one(this.#pages, which);
    if (page === undefined) return false;
    const { payment_intent: intent } = await this.books.control.stripe.pay(page);
    if (intent && !this.intents.includes(intent)) this.intents.push(intent);
    return true;
  }

  async #refundAtStripe(share: number, which: number): Promise<boolean> {
    const intent = one(this.intents, which);
    if (!intent) return false;
    const amount = await this.#partOf(intent, share);
    const refund = await this.books.control.stripe.refund({ payment_intent: intent, amount });
    this.#refunds.push(refund.id);
    return true;
  }

  async #refundHere(share: number, which: number): Promise<boolean> {
    const { admin } = this.contractor;
    const { body } = await admin.get(`/payments?proposal_id=${this.proposalId}`);
    const payment = one(body.items as { id: number; net_cents: number }[], which);
    if (!payment) return false;
    const cents = Math.max(Math.floor((payment.net_cents * share) / 100), 1);
    const refund = { amount_cents: cents, reason: 'a vent less' };
    await provingAgain(admin, () => admin.post(`/payments/${payment.id}/refund`, refund));
    return true;
  }

  async #dispute(share: number, which: number): Promise<void> {
    const intent = one(this.intents, which);
    if (!intent) return;
    const amount = await this.#partOf(intent, share);
    this.#disputes.push((await this.books.control.stripe.dispute({ payment_intent: intent, amount })).id);
  }

  async #closeDispute(which: number, outcome: 'won' | 'lost'): Promise<void> {
    const dispute = one(this.#disputes, which);
    if (dispute) await this.books.control.stripe.closeDispute(dispute, outcome);
  }

  async #partOf(intent: string, share: number): Promise<number> {
    const { amount } = await this.books.stripe.show(`payment_intents/${intent}`);
    return Math.max(Math.floor((amount * share) / 100), 1);
  }

  /** The newest one that the CRM made and that is there. */
  async #invoice(): Promise<QboRecord | undefined> {
    const records = await this.books.control.records(this.contractor.realmId, 'Invoice');
    return records.findLast(
      ({ DocNumber, status }) => status !== 'Deleted' && beginsWith(DocNumber, `CRM-${this.proposalId}`),
    );
  }

  async #undoInvoice(act: 'voidInvoice' | 'deleteInvoice'): Promise<unknown> {
    const invoice = await this.#invoice();
    return invoice ? this.books.control[act](this.contractor.realmId, invoice.Id) : false;
  }

  async #undoPayment(act: 'voidPayment' | 'deletePayment', which: number): Promise<unknown> {
    const records = await this.books.control.records(this.contractor.realmId, 'Payment');
    const payment = one(
      records.filter(({ status }) => status !== 'Deleted'),
      which,
    );
    return payment ? this.books.control[act](this.contractor.realmId, payment.Id) : false;
  }
}

/** The one at a position, counted round; undefined where there is none. */
function one<T>(all: readonly T[], which: number): T | undefined {
  return all.length === 0 ? undefined : all[which % all.length];
}
