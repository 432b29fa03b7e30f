import { readTraceparent } from '../tracing/traceparent.js';
import type { Correlation } from './correlation.js';

/** What every log line of a piece of work carries. Pure; the object is new at each call, since pino writes into it. */
export function correlationFields(work: Correlation | undefined): Record<string, unknown> {
  if (!work) return {};
  const { cause, actor, queue, jobId } = work;
  const fields: Record<string, unknown> = {};
  if (cause.requestId !== undefined) fields.request_id = cause.requestId;
  if (actor) {
    fields.user_id = actor.userId;
    fields.org_id = actor.orgId;
  }
  if (cause.stripeEventId !== undefined) fields.stripe_event_id = cause.stripeEventId;
  if (cause.stripeObjectId !== undefined) fields.stripe_object_id = cause.stripeObjectId;
  const trace = readTraceparent(cause.traceparent);
  if (trace) fields.trace_id = trace.traceId;
  if (queue !== undefined) fields.queue = queue;
  if (jobId !== undefined) fields.job_id = jobId;
  return fields;
}
