import type { QueueName, QueuePayloads } from './queue-payloads.js';

/** How the jobs of one queue behave. Durations in seconds. */
export interface QueueRule<Name extends QueueName> {
  /** Jobs with the same key are one while they wait. Two may run at once: the row they point to lets one act. */
  key: (payload: QueuePayloads[Name]) => string;
  retryLimit: number;
  retryDelaySeconds: number;
  retryDelayMaxSeconds: number;
  /** A job that runs longer is given to another worker. */
  expireInSeconds: number;
  /** Jobs of this queue that one worker process runs at the same time. */
  concurrency: number;
  /**
   * A job of this queue is complete when it is begun: its rows stay due until they are done, and are enqueued again.
   * One fetch then fills all the places, where else each place would fetch for itself whenever something is enqueued.
   */
  ackOnStart?: boolean;
  /** Whether a worker is told of a new job at once; else it finds it within a second. */
  notify?: boolean;
}

/** The rule of most queues: the row that the job is about has its own next attempt, so that the job is not retried. */
const BY_ROW = { retryLimit: 0, retryDelaySeconds: 1, retryDelayMaxSeconds: 1, expireInSeconds: 180 };
/** The job is retried until the row of its operation is written; from then on that has its own next attempt. */
const UNTIL_ROW = { retryLimit: 8, retryDelaySeconds: 1, retryDelayMaxSeconds: 300, expireInSeconds: 180 };
/** Nothing but the job says that it is to be done. */
const BY_JOB = { retryLimit: 20, retryDelaySeconds: 1, retryDelayMaxSeconds: 300, expireInSeconds: 60 };
/** The same, for what must not be given up before trouble of a day is over: at ever longer intervals for two days. */
const BY_JOB_LONG = { ...BY_JOB, retryLimit: 400, retryDelayMaxSeconds: 600 };
/** Retried at longer and longer intervals, up to ten minutes. */
const SLOWLY = { retryLimit: 8, retryDelaySeconds: 5, retryDelayMaxSeconds: 600, expireInSeconds: 60 };
/** A mirror that is not filled here is filled at the first need. Each job holds a page of a thousand rows. */
const MIRROR = {
  retryLimit: 5,
  retryDelaySeconds: 10,
  retryDelayMaxSeconds: 300,
  expireInSeconds: 900,
  concurrency: 1,
};

/** Every queue there is, with its key and its retry rule. */
export const QUEUES: { [Name in QueueName]: QueueRule<Name> } = {
  'qbo.invoice.create': {
    key: ({ orgId, proposalId }) => `${orgId}:${proposalId}`,
    ...UNTIL_ROW,
    concurrency: 4,
  },
  'contract.entry.bill': {
    key: ({ orgId, proposalId, number }) => `${orgId}:${proposalId}:${number}`,
    ...BY_ROW, // the entry stays due until its invoice is written down
    concurrency: 2,
  },
  'qbo.invoice.void': {
    key: ({ orgId, invoiceId }) => `${orgId}:${invoiceId}`,
    ...BY_ROW,
    concurrency: 1,
  },
  'qbo.invoice.read': {
    key: ({ orgId, proposalId }) => `${orgId}:${proposalId}`,
    ...BY_JOB_LONG,
    concurrency: 1,
  },
  'qbo.item.create': {
    key: ({ orgId }) => `${orgId}`,
    ...BY_ROW,
    concurrency: 1,
  },
  'qbo.company.sweep': {
    key: ({ orgId }) => `${orgId}`,
    ...BY_ROW, // the next due time is the retry
    expireInSeconds: 600,
    concurrency: 4,
    notify: true,
  },
  'qbo.customer.create': {
    key: ({ orgId, customerId }) => `${orgId}:${customerId}`,
    ...BY_ROW,
    concurrency: 2,
  },
  'qbo.customer.currency': {
    key: ({ orgId, customerId }) => `${orgId}:${customerId}`,
    ...BY_ROW,
    concurrency: 1,
  },
  'qbo.customers.batch': {
    key: ({ batchId }) => batchId,
    ...BY_ROW, // the batch's own next run is the retry
    expireInSeconds: 900,
    concurrency: 2,
  },
  'qbo.customers.mirror': {
    key: ({ orgId }) => `${orgId}`,
    ...MIRROR,
  },
  'qbo.documents.mirror': {
    key: ({ orgId }) => `${orgId}`,
    ...MIRROR,
  },
  'qbo.invoice.compare': {
    key: ({ orgId }) => `${orgId}`,
    ...BY_ROW, // the comparison's own next run is the retry
    expireInSeconds: 900,
    concurrency: 4, // each holds two pages of a thousand invoices; three wait for QuickBooks or the database
    notify: true,
  },
  'stripe.event.process': {
    key: ({ eventId }) => eventId,
    ...BY_ROW, // the event's own next attempt is the retry
    expireInSeconds: 60,
    concurrency: 4,
  },
  'checkout.session.review': {
    key: ({ orgId, proposalId }) => `${orgId}:${proposalId}`,
    ...BY_JOB,
    concurrency: 2,
    notify: true,
  },
  'stripe.session.end': {
    key: ({ orgId, sessionId }) => `${orgId}:${sessionId}`,
    ...BY_JOB,
    concurrency: 2,
    notify: true,
  },
  'stripe.pages.look': {
    key: ({ orgId, proposalId }) => `${orgId}:${proposalId}`,
    ...SLOWLY,
    concurrency: 1,
  },
  'stripe.refund.request': {
    key: ({ orgId, refundId }) => `${orgId}:${refundId}`,
    ...BY_JOB,
    retryDelaySeconds: 2,
    concurrency: 2,
  },
  'stripe.refunds.read': {
    key: ({ orgId, paymentId }) => `${orgId}:${paymentId}`,
    ...BY_JOB,
    retryDelaySeconds: 2,
    concurrency: 2,
  },
  'stripe.fee.read': {
    key: ({ orgId, paymentId }) => `${orgId}:${paymentId}`,
    ...BY_ROW,
    expireInSeconds: 60,
    concurrency: 2,
  },
  'revenue.post': {
    key: ({ orgId }) => `${orgId}`,
    ...SLOWLY,
    expireInSeconds: 600,
    concurrency: 1,
  },
  'qbo.preflight': {
    key: ({ orgId }) => `${orgId}`,
    ...SLOWLY,
    concurrency: 2,
  },
  'qbo.payment.record': {
    key: ({ orgId, paymentId }) => `${orgId}:${paymentId}`,
    ...SLOWLY,
    expireInSeconds: 180,
    concurrency: 4,
  },
  'qbo.payment.carry': {
    key: ({ orgId, paymentId }) => `${orgId}:${paymentId}`,
    ...BY_ROW,
    concurrency: 4,
  },
  'qbo.refund.carry': {
    key: ({ orgId, paymentId }) => `${orgId}:${paymentId}`,
    ...BY_ROW,
    concurrency: 2,
  },
  'qbo.credit.carry': {
    key: ({ orgId, creditMemoId }) => `${orgId}:${creditMemoId}`,
    ...UNTIL_ROW,
    concurrency: 2,
  },
  'qbo.events.process': {
    key: ({ orgId }) => `${orgId}`,
    ...BY_ROW, // the events' own next attempt is the retry
    expireInSeconds: 300,
    concurrency: 14, // they mostly wait for QuickBooks
    ackOnStart: true,
    notify: true,
  },
  'inbox.retry': {
    key: ({ orgId, itemId }) => `${orgId}:${itemId}`,
    ...BY_ROW, // an item whose worker died is enqueued again; one whose retry is over is not tried again
    concurrency: 4,
  },
  'portal.email.send': {
    key: ({ linkId }) => `${linkId}`,
    ...BY_ROW, // the link's own next attempt is the retry
    expireInSeconds: 120,
    concurrency: 2,
  },
  'invoice.reminders.look': {
    key: ({ orgId }) => `${orgId}`,
    ...BY_ROW, // the organisation stays due until it was looked at
    concurrency: 2,
  },
  'invoice.reminder.send': {
    key: ({ orgId, reminderId }) => `${orgId}:${reminderId}`,
    ...BY_ROW, // the reminder's own next attempt is the retry
    expireInSeconds: 120,
    concurrency: 2,
  },
  'account.mail.send': {
    key: ({ mailId }) => mailId,
    ...BY_ROW, // the mail's own next attempt is the retry
    expireInSeconds: 120,
    concurrency: 2,
  },
  'alert.send': {
    key: ({ messageId }) => messageId,
    ...BY_ROW, // the message's own next attempt is the retry
    expireInSeconds: 120,
    concurrency: 4,
  },
};

export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];
