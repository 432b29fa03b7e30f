/** The payload of each queue. A queue only wakes things up: the row it points to decides what is done. */
export interface QueuePayloads {
  /** Carry on with the invoice of an approved proposal until it is in the books or needs a person. */
  'qbo.invoice.create': { orgId: number; proposalId: number };
  /** Sweep the changes of one QuickBooks company. */
  'qbo.company.sweep': { orgId: number };
  /** Carry on with putting a customer into the books. */
  'qbo.customer.create': { orgId: number; customerId: number };
  /** Compare every linked proposal of one organisation with its invoice. */
  'qbo.invoice.compare': { orgId: number };
}

export type QueueName = keyof QueuePayloads;

/** How the jobs of one queue behave. Durations in seconds. */
export interface QueueRule<Name extends QueueName> {
  /** Jobs with the same key are one: at most one waits and at most one runs. */
  key: (payload: QueuePayloads[Name]) => string;
  retryLimit: number;
  retryDelaySeconds: number;
  retryDelayMaxSeconds: number;
  /** A job that runs longer is given to another worker. */
  expireInSeconds: number;
  /** Jobs of this queue that one worker process runs at the same time. */
  concurrency: number;
}

/** Every queue there is, with its key and its retry rule. */
export const QUEUES: { [Name in QueueName]: QueueRule<Name> } = {
  'qbo.invoice.create': {
    key: ({ orgId, proposalId }) => `${orgId}:${proposalId}`,
    retryLimit: 0, // the operation's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 4,
  },
  'qbo.company.sweep': {
    key: ({ orgId }) => `${orgId}`,
    retryLimit: 0, // the next due time is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 600,
    concurrency: 4,
  },
  'qbo.customer.create': {
    key: ({ orgId, customerId }) => `${orgId}:${customerId}`,
    retryLimit: 0, // the operation's own next attempt is the retry
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 180,
    concurrency: 2,
  },
  'qbo.invoice.compare': {
    key: ({ orgId }) => `${orgId}`,
    retryLimit: 3,
    retryDelaySeconds: 5,
    retryDelayMaxSeconds: 120,
    expireInSeconds: 600,
    concurrency: 2,
  },
};

export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];
