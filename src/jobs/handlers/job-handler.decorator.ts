import { SetMetadata } from '@nestjs/common';
import type { QueueName, QueuePayloads } from '../queue/queue-payloads.js';

export const JOB_HANDLER = 'jobs:job-handler';

type MethodOfQueue<Name extends QueueName> = <Handle extends (payload: never) => Promise<void>>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Handle> &
    (QueuePayloads[Name] extends Parameters<Handle>[0] ? unknown : never),
) => void;

/**
 * Has a method do the jobs of a queue, by the rule of the queue, in every process that runs jobs. One that throws is
 * retried as the rule says, so the method must be safe to run twice. Each queue has one such method.
 */
export const JobHandler = <Name extends QueueName>(queue: Name): MethodOfQueue<Name> =>
  SetMetadata(JOB_HANDLER, queue);
