import { VendorError } from '../../platform/errors/vendor-error.js';
import type { QueueName } from './queue-payloads.js';
import { QUEUES } from './queue-rules.js';

/** What the log says of a job that threw. */
export interface JobFailureLine {
  level: 'error' | 'warn';
  message: string;
  /** Lines of one kind are damped: this is its name. Undefined where each is written. */
  kind?: string;
}

/** The code of a call for a company that was disconnected since the job began, or gave way to another. */
const CONNECTION_GONE = 'qbo_not_connected';

/**
 * An error is what somebody has to look at. A connection that a person ended meanwhile is none, nor is a vendor that is
 * away for a while where the queue tries again, nor a job that the end of the process cut off from the database: its
 * rows are taken up by whoever runs next. Pure.
 */
export function jobFailureLine(
  error: unknown,
  { queue, isClosed }: { queue: QueueName; isClosed: boolean },
): JobFailureLine {
  if (isClosed) return { level: 'warn', message: `Job of ${queue} was cut off by the end of the process` };
  if (error instanceof VendorError && error.facts.retryable && QUEUES[queue].retryLimit > 0) {
    const { vendor, facts } = error;
    return { level: 'warn', message: `Job of ${queue} waits for ${vendor}`, kind: `${queue} ${facts.code}` };
  }
  if (error instanceof VendorError && error.facts.code === CONNECTION_GONE) {
    const kind = `${queue} ${CONNECTION_GONE}`;
    return { level: 'warn', message: `Job of ${queue} found its company disconnected`, kind };
  }
  return { level: 'error', message: `Job of ${queue} failed` };
}
