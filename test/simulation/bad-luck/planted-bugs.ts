import type { Abstract, Type } from '@nestjs/common';
import { InboxRepository } from '../../../src/inbox/inbox.repository.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { SessionEndService } from '../../../src/payments/checkout/session-end.service.js';
import { DisputeRecorderService } from '../../../src/payments/ledger/disputes/dispute-recorder.service.js';
import { RefundRecorderService } from '../../../src/payments/ledger/refunds/refund-recorder.service.js';
import { RefundsRepository } from '../../../src/payments/ledger/refunds/refunds.repository.js';
import { MissedEventsService } from '../../../src/payments/stripe-webhooks/missed-events.service.js';
import { StripeEventsRepository } from '../../../src/payments/stripe-webhooks/stripe-events.repository.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { TokenVaultService } from '../../../src/qbo-sync/connection/tokens/token-vault.service.js';
import { ExplainService } from '../../../src/qbo-sync/diagnostics/explain/explain.service.js';
import { OperationAttemptsRepository } from '../../../src/qbo-sync/operations/rows/operation-attempts.repository.js';
import { ChangeFeedPollService } from '../../../src/qbo-sync/pull/change-feed/change-feed-poll.service.js';
import { InvoiceRecordsRepository } from '../../../src/qbo-sync/pull/invoices/invoice-records.repository.js';
import { QboEventProcessorService } from '../../../src/qbo-sync/pull/webhooks/qbo-event-processor.service.js';
import { PaymentPushService } from '../../../src/qbo-sync/push/payments/payment-push.service.js';
import { InvoiceWorkerService } from '../../../src/qbo-sync/push/invoices/invoice-worker.service.js';
import { RefundPushService } from '../../../src/qbo-sync/push/payments/refunds/refund-push.service.js';
import { PaymentInboxService } from '../../../src/payments/ledger/payment-inbox.service.js';
import type { VendorRequest } from './simulated-network.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** A guard taken out, or a mistake made, in the simulated product alone. */
export interface PlantedBug {
  readonly name: string;
  /** Changes a statement before PostgreSQL gets it. */
  readonly statement?: (text: string) => string;
  /** Changes a request before the vendor gets it. */
  readonly request?: (request: VendorRequest) => VendorRequest;
  /** Changes the services of a process that has just started. */
  readonly process?: (life: SimulatedProcess) => void;
}

type Token<T> = Type<T> | Abstract<T>;

/** Has a method do something else, in one process until it is killed. */
function replace<T extends object>(
  { app }: SimulatedProcess,
  service: Token<T>,
  method: string,
  by: unknown,
): void {
  Object.assign(app.get<T>(service as Type<T>), { [method]: by });
}

/** A method that does nothing. */
const without =
  <T extends object>(service: Token<T>, method: string, answer?: unknown) =>
  (life: SimulatedProcess): void =>
    replace(life, service, method, async () => answer);

/** A method whose arguments are changed on the way. */
function passing<T extends object>(
  life: SimulatedProcess,
  service: Token<T>,
  method: string,
  change: (given: unknown[]) => unknown[],
): void {
  const instance = life.app.get<T>(service) as Record<string, unknown>;
  const original = instance[method] as (...given: unknown[]) => unknown;
  replace(life, service, method, (...given: unknown[]) => original.apply(instance, change(given)));
}

function withoutRequestId(request: VendorRequest, path: RegExp): VendorRequest {
  const url = new URL(request.url);
  if (!path.test(url.pathname) || request.method !== 'POST') return request;
  url.searchParams.delete('requestid');
  return { ...request, url: url.href };
}

function findingNothing(
  life: SimulatedProcess,
  part: 'invoices' | 'payments' | 'refunds',
  methods: readonly string[],
): void {
  const none = async () => ({ read: [], unreadable: [] });
  const nothing = Object.fromEntries(methods.map((method) => [method, none]));
  const client = life.app.get(QboClient);
  replace(life, QboClient, part, Object.assign(Object.create(client[part]) as object, nothing));
}

const withBody = (request: VendorRequest, path: RegExp, change: (body: string) => string): VendorRequest =>
  path.test(new URL(request.url).pathname) && request.body !== undefined
    ? { ...request, body: change(request.body) }
    : request;

const aCentLower = (body: string): string =>
  body.replaceAll(
    /"(TotalAmt|Amount|UnitPrice)":(\d+(?:\.\d+)?)/g,
    (_all, name, amount) => `"${name}":${(Math.round(Number(amount) * 100) - 1) / 100}`,
  );

/** Every one has to be found by some seed. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'an invoice is sent again without its request id and without a look',
    request: (request) => withoutRequestId(request, /\/invoice$/),
    process: (life) => findingNothing(life, 'invoices', ['findByDocNumber']),
  },
  {
    name: 'a payment is posted again without its request id and without a look',
    request: (request) => withoutRequestId(request, /\/payment$/),
    process: (life) => findingNothing(life, 'payments', ['find']),
  },
  {
    name: 'a refund receipt is posted again without its request id and without a look',
    request: (request) => withoutRequestId(request, /\/refundreceipt$/),
    process: (life) => findingNothing(life, 'refunds', ['find']),
  },
  {
    name: 'an operation that is done is not marked so',
    process: without(OperationAttemptsRepository, 'close', true),
  },
  {
    name: 'an event of Stripe that had its effect is not marked so',
    process: without(StripeEventsRepository, 'close'),
  },
  {
    name: 'nobody asks Stripe for the events that did not come',
    process: without(MissedEventsService, 'fetch', 0),
  },
  {
    name: 'lost jobs are not found again',
    process: without(DueJobsService, 'enqueueDue', 0),
  },
  {
    name: 'the lease of a dead process lasts for days',
    statement: (text) => text.replace("interval '10000 milliseconds'", "interval '10 days'"),
  },
  {
    name: 'nothing comes before a person',
    process: without(InboxRepository, 'open'),
  },
  {
    name: 'refunds do not reach the books',
    process: without(RefundPushService, 'push'),
  },
  {
    name: 'payments do not reach the books',
    process: without(PaymentPushService, 'push'),
  },
  {
    name: 'a refund is written down a cent too low',
    process: (life) =>
      passing(life, RefundsRepository, 'insert', ([tx, payment, refund]) => {
        const { amountCents } = refund as { amountCents: number };
        return [tx, payment, { ...(refund as object), amountCents: amountCents - 1 }];
      }),
  },
  {
    name: 'a payment goes into the books a cent too low',
    request: (request) => withBody(request, /\/payment$/, aCentLower),
  },
  {
    name: 'what a refund leaves of the deposit is not counted anew',
    statement: (text) =>
      text.replace(
        'select coalesce(sum(net_cents), 0) from payment_balances b',
        'select coalesce(max(amount_cents), 0) from payment_balances b',
      ),
  },
  {
    name: 'refunds that Stripe tells of are not written down',
    process: without(RefundRecorderService, 'note', 'no'),
  },
  { name: 'disputes are not written down', process: without(DisputeRecorderService, 'note', 'no') },
  {
    name: 'the change feed is not read, nor are events looked into',
    process: (life) => {
      without(ChangeFeedPollService, 'poll')(life);
      without(QboEventProcessorService, 'process')(life);
    },
  },
  {
    name: 'the change feed is not read',
    process: without(ChangeFeedPollService, 'poll'),
  },
  {
    name: 'what was last known of an invoice is forgotten at each look',
    statement: (text) =>
      text
        .replace('i.status, i.state, i.total_cents', `'Open' as status, 'open' as state, i.total_cents`)
        .replace('i.transition_count as "transitionCount"', '(random() * 1000000)::int as "transitionCount"'),
  },
  {
    name: 'the proposal does not follow its invoice',
    statement: (text) =>
      text.replace('qbo_balance_cents = shown.balance_cents', 'qbo_balance_cents = l.qbo_balance_cents'),
  },
  {
    name: 'what QuickBooks says of an invoice is not saved',
    process: without(InvoiceRecordsRepository, 'save'),
  },
  {
    name: 'tokens are stored as they are',
    process: (life) => {
      replace(
        life,
        TokenVaultService,
        'encrypt',
        (_company: object, _column: string, token: string) => token,
      );
      replace(
        life,
        TokenVaultService,
        'decrypt',
        (_company: object, _column: string, token: string) => token,
      );
    },
  },
  {
    name: 'a payment page that is not wanted any more stays open, and what it brings is not reported',
    process: (life) => {
      without(SessionEndService, 'review')(life);
      without(SessionEndService, 'enqueue')(life);
      without(PaymentInboxService, 'reportNotOwed')(life);
    },
  },
  {
    name: 'tokens are refreshed by whoever finds them dead, whoever else is at it',
    statement: (text) => text.replace('(refresh_lease_until is null or refresh_lease_until < now())', 'true'),
  },
  {
    name: 'nobody asks for the invoice of what was paid',
    process: without(InvoiceWorkerService, 'goOn'),
  },
  {
    name: 'an invoice that is gone counts as billed',
    statement: (text) =>
      text.replace(
        'i.generation, i.state, i.amount_cents as "amountCents"',
        `i.generation, case when i.state in ('voided', 'deleted') then 'open' else i.state end as state,
         i.amount_cents as "amountCents"`,
      ),
  },
  {
    name: 'a refund goes into the books a cent too low',
    request: (request) => withBody(request, /\/refundreceipt$/, aCentLower),
  },
  {
    name: 'the answer to why is always that all is well',
    process: (life) => {
      const explain = life.app.get(ExplainService);
      const original = explain.proposal.bind(explain);
      replace(life, ExplainService, 'proposal', async (orgId: number, id: number) => ({
        ...(await original(orgId, id)),
        answer: 'All is well.',
        nextStep: 'Nothing to do.',
      }));
    },
  },
];
