import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import type { Job } from 'pg-boss';
import { type Cause, correlated } from '../../platform/correlation/correlation.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { LogDamper } from '../../platform/logging/log-damper.js';
import { errorKind } from '../../platform/tracing/error-kind.js';
import { beginSpan } from '../../platform/tracing/tracing.js';
import { jobFailureLine } from './job-failure.js';
import type { QueueName, QueuePayloads } from './queue-payloads.js';

export type HandleJob<Name extends QueueName> = (payload: QueuePayloads[Name]) => Promise<void>;

/**
 * Runs jobs of this process: in the organisation and under the cause of each, in a span of its own, and with a line in
 * the log where it fails.
 */
export class JobRunner {
  private readonly damper = new LogDamper();
  /** What was begun and is not over, of queues that acknowledge on start. */
  private readonly begun = new Map<QueueName, Set<Promise<void>>>();
  private isClosed = false;

  constructor(private readonly logger: Logger) {}

  /** The queues whose jobs are begun and not waited for. */
  get beginning(): QueueName[] {
    return [...this.begun.keys()];
  }

  /** Begins a job as soon as there is room for it; how it ended is in its rows alone. */
  async begin<Name extends QueueName>(
    name: Name,
    job: Job<QueuePayloads[Name]>,
    { places, handle }: { places: number; handle: HandleJob<Name> },
  ): Promise<void> {
    const begun = this.begun.get(name) ?? new Set();
    this.begun.set(name, begun);
    while (begun.size >= places) await Promise.race(begun);
    const running = this.run(name, job, handle)
      .catch(() => {}) // it is logged
      .finally(() => begun.delete(running));
    begun.add(running);
  }

  /** Runs a job; rejects with what its handler failed with. */
  async run<Name extends QueueName>(
    name: Name,
    { id, data }: Job<QueuePayloads[Name]>,
    handle: HandleJob<Name>,
  ): Promise<void> {
    const { cause = {}, ...job } = data as QueuePayloads[Name] & { cause?: Cause };
    const payload = job as unknown as QueuePayloads[Name];
    const work = () =>
      'orgId' in payload ? inOrganisation(payload.orgId, () => handle(payload)) : handle(payload);
    const span = beginSpan({
      name: `process ${name}`,
      kind: 'consumer',
      parent: cause.traceparent,
      attributes: {
        'messaging.system': 'pg-boss',
        'messaging.operation.type': 'process',
        'messaging.destination.name': name,
        'messaging.message.id': id,
        'crm.org_id': 'orgId' in payload ? payload.orgId : undefined,
      },
    });
    const own = span ? { ...cause, traceparent: span.traceparent } : cause;
    await correlated({ cause: own, actor: null, ip: null, queue: name, jobId: id }, () =>
      work().then(
        () => span?.end(),
        (error: unknown) => {
          this.logFailure(name, payload, error);
          span?.end({ error: errorKind(error) });
          throw error;
        },
      ),
    );
  }

  /** Waits for what was begun, so many milliseconds at the most. */
  async finish(withinMs: number): Promise<void> {
    const running = [...this.begun.values()].flatMap((jobs) => [...jobs]);
    await Promise.race([pause(withinMs, undefined, { ref: false }), Promise.all(running)]);
  }

  /** The time to end is over: what still runs is about to lose the database. */
  close(): void {
    this.isClosed = true;
  }

  private logFailure(queue: QueueName, job: object, error: unknown): void {
    const { level, message, kind } = jobFailureLine(error, { queue, isClosed: this.isClosed });
    const withheld = kind === undefined ? undefined : this.damper.admit(kind);
    const orgId = 'orgId' in job ? job.orgId : undefined;
    if (withheld !== null) this.logger[level]({ err: error, orgId, job, withheld }, message);
  }
}
