/** The payload of each queue. A job only says when: the row it points to decides what is done. */
export interface QueuePayloads {
  /**
   * Carry on with the invoice of an approved proposal until it is in the books or needs a person. A `retry` goes on
   * with an operation there is, and begins none.
   */
  'qbo.invoice.create': { orgId: number; proposalId: number; retry?: true };
  /** Bill an entry of a contract whose day has come. */
  'contract.entry.bill': { orgId: number; proposalId: number; number: number };
  /** Find out what became of a void whose answer was lost. */
  'qbo.invoice.void': { orgId: number; invoiceId: number };
  /** Go on with the products and services of an organisation that are being made. */
  'qbo.item.create': { orgId: number };
  /** Sweep the changes of one QuickBooks company. */
  'qbo.company.sweep': { orgId: number };
  /** Carry on with putting a customer into the books. */
  'qbo.customer.create': { orgId: number; customerId: number };
  /** Carry on with making a customer's records in foreign currencies. */
  'qbo.customer.currency': { orgId: number; customerId: number };
  /** Carry on with a batch of customers. */
  'qbo.customers.batch': { orgId: number; batchId: string };
  /** Fill the mirror of the customers of one QuickBooks company. */
  'qbo.customers.mirror': { orgId: number };
  /** Fill the mirror of the documents of one QuickBooks company, or read what changed of them. */
  'qbo.documents.mirror': { orgId: number };
  /** Run the open comparison of one organisation. */
  'qbo.invoice.compare': { orgId: number };
  /** Do what a stored Stripe event asks for. */
  'stripe.event.process': { eventId: string };
  /** End the open payment page of a proposal where it asks for what is not owed any more. */
  'checkout.session.review': { orgId: number; proposalId: number };
  /** End a payment page at Stripe that is not wanted any more. */
  'stripe.session.end': { orgId: number; sessionId: number };
  /** Ask Stripe for a refund that was asked for here, or what became of it. */
  'stripe.refund.request': { orgId: number; refundId: number };
  /** Look whether a connected company is ready to be written to. */
  'qbo.preflight': { orgId: number };
  /** Have the books follow a payment and its refunds, as the rows of the ledger are now. */
  'qbo.payment.record': { orgId: number; proposalId: number; paymentId: number };
  /** Carry on with a deposit's payment until it is in the books or needs a person. */
  'qbo.payment.carry': { orgId: number; paymentId: number };
  /** The same for what was given back of it. */
  'qbo.refund.carry': { orgId: number; paymentId: number };
  /** Carry on with a change order's credit memo until it is in the books and on an invoice, or needs a person. */
  'qbo.credit.carry': { orgId: number; creditMemoId: number };
  /** Read what the stored events of one QuickBooks company lead to. */
  'qbo.events.process': { orgId: number };
  /** Try an item of the inbox again that a person asked for with all of its kind. */
  'inbox.retry': { orgId: number; itemId: number };
  /** E-mail a proposal's link to its customer. */
  'portal.email.send': { orgId: number; linkId: number };
  /** Mail a person something about the own account. */
  'account.mail.send': { mailId: string };
  /** Tell people of trouble, or that it is over. */
  'alert.send': { messageId: string };
}

export type QueueName = keyof QueuePayloads;

/** One job, by its queue and what it is about. */
export type JobRef = { [Name in QueueName]: { name: Name; payload: QueuePayloads[Name] } }[QueueName];

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

/** Every queue there is, with its key and its retry rule. */
export const QUEUES: { [Name in QueueName]: QueueRule<Name> } = {
  'qbo.invoice.create': {
    key: ({ orgId, proposalId }) => `${orgId}:${proposalId}`,
    retryLimit: 8, // until the operation's row is written; from then on its own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 300,
    expireInSeconds: 180,
    concurrency: 4,
  },
  'contract.entry.bill': {
    key: ({ orgId, proposalId, number }) => `${orgId}:${proposalId}:${number}`,
    retryLimit: 0, // the entry stays due until its invoice is written down
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 2,
  },
  'qbo.invoice.void': {
    key: ({ orgId, invoiceId }) => `${orgId}:${invoiceId}`,
    retryLimit: 0, // the operation's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 1,
  },
  'qbo.item.create': {
    key: ({ orgId }) => `${orgId}`,
    retryLimit: 0, // the operation's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 1,
  },
  'qbo.company.sweep': {
    key: ({ orgId }) => `${orgId}`,
    retryLimit: 0, // the next due time is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 600,
    concurrency: 4,
    notify: true,
  },
  'qbo.customer.create': {
    key: ({ orgId, customerId }) => `${orgId}:${customerId}`,
    retryLimit: 0, // the operation's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 2,
  },
  'qbo.customer.currency': {
    key: ({ orgId, customerId }) => `${orgId}:${customerId}`,
    retryLimit: 0, // the operation's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 1,
  },
  'qbo.customers.batch': {
    key: ({ batchId }) => batchId,
    retryLimit: 0, // the batch's own next run is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 900,
    concurrency: 2,
  },
  'qbo.customers.mirror': {
    key: ({ orgId }) => `${orgId}`,
    retryLimit: 5, // else it is filled at the first need
    retryDelaySeconds: 10,
    retryDelayMaxSeconds: 300,
    expireInSeconds: 900,
    concurrency: 1, // each holds a page of a thousand customers
  },
  'qbo.documents.mirror': {
    key: ({ orgId }) => `${orgId}`,
    retryLimit: 5, // else it is filled at the first need
    retryDelaySeconds: 10,
    retryDelayMaxSeconds: 300,
    expireInSeconds: 900,
    concurrency: 1, // each holds a page of a thousand customers
  },
  'qbo.invoice.compare': {
    key: ({ orgId }) => `${orgId}`,
    retryLimit: 0, // the comparison's own next run is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 900,
    concurrency: 2, // each holds two pages of a thousand invoices
    notify: true,
  },
  'stripe.event.process': {
    key: ({ eventId }) => eventId,
    retryLimit: 0, // the event's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 60,
    concurrency: 4,
  },
  'checkout.session.review': {
    key: ({ orgId, proposalId }) => `${orgId}:${proposalId}`,
    retryLimit: 20,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 300,
    expireInSeconds: 60,
    concurrency: 2,
    notify: true,
  },
  'stripe.session.end': {
    key: ({ orgId, sessionId }) => `${orgId}:${sessionId}`,
    retryLimit: 20,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 300,
    expireInSeconds: 60,
    concurrency: 2,
    notify: true,
  },
  'stripe.refund.request': {
    key: ({ orgId, refundId }) => `${orgId}:${refundId}`,
    retryLimit: 20,
    retryDelaySeconds: 2,
    retryDelayMaxSeconds: 300,
    expireInSeconds: 60,
    concurrency: 2,
  },
  'qbo.preflight': {
    key: ({ orgId }) => `${orgId}`,
    retryLimit: 8,
    retryDelaySeconds: 5,
    retryDelayMaxSeconds: 600,
    expireInSeconds: 60,
    concurrency: 2,
  },
  'qbo.payment.record': {
    key: ({ orgId, paymentId }) => `${orgId}:${paymentId}`,
    retryLimit: 8,
    retryDelaySeconds: 5,
    retryDelayMaxSeconds: 600,
    expireInSeconds: 180,
    concurrency: 4,
  },
  'qbo.payment.carry': {
    key: ({ orgId, paymentId }) => `${orgId}:${paymentId}`,
    retryLimit: 0, // the operation's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 4,
  },
  'qbo.refund.carry': {
    key: ({ orgId, paymentId }) => `${orgId}:${paymentId}`,
    retryLimit: 0, // the operation's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 2,
  },
  'qbo.credit.carry': {
    key: ({ orgId, creditMemoId }) => `${orgId}:${creditMemoId}`,
    retryLimit: 8, // until the operation's row is written; from then on its own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 300,
    expireInSeconds: 180,
    concurrency: 2,
  },
  'qbo.events.process': {
    key: ({ orgId }) => `${orgId}`,
    retryLimit: 0, // the events' own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 300,
    concurrency: 14, // they mostly wait for QuickBooks
    ackOnStart: true,
    notify: true,
  },
  'inbox.retry': {
    key: ({ orgId, itemId }) => `${orgId}:${itemId}`,
    retryLimit: 0, // an item whose worker died is enqueued again; one whose retry is over is not tried again
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 4,
  },
  'portal.email.send': {
    key: ({ linkId }) => `${linkId}`,
    retryLimit: 0, // the link's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 120,
    concurrency: 2,
  },
  'account.mail.send': {
    key: ({ mailId }) => mailId,
    retryLimit: 0, // the mail's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 120,
    concurrency: 2,
  },
  'alert.send': {
    key: ({ messageId }) => messageId,
    retryLimit: 0, // the message's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 60,
    concurrency: 4,
  },
};

export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];
