import type { Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { DUE_ROWS, DueRows, type ListDueRows } from './due-rows.decorator.js';
import { DueJobsService } from './due-jobs.service.js';
import { HandlerDiscoveryService } from './handler-discovery.service.js';
import { JOB_HANDLER, JobHandler } from './job-handler.decorator.js';
import type { HandleJob } from '../queue/job-runner.js';
import { JobsService } from '../jobs.service.js';
import type { JobRef, QueueName, QueuePayloads } from '../queue/queue-payloads.js';
import { QUEUE_NAMES } from '../queue/queue-rules.js';
import { TIMER_HANDLER, TimerHandler } from './timer-handler.decorator.js';
import { TIMETABLE, type TimerName } from '../timers/timetable.js';
import { TimetableService } from '../timers/timetable.service.js';

const SENT = 'alert.send';

/** Sends alerts; says whose work it does. */
class Alerts {
  readonly done: string[] = [];

  @DueRows('alert_messages')
  async listDue(): Promise<JobRef[]> {
    return [{ name: SENT, payload: { messageId: 'lost' } }];
  }

  @JobHandler(SENT)
  async send({ messageId }: QueuePayloads[typeof SENT]): Promise<void> {
    this.done.push(messageId);
  }

  @TimerHandler('detect-incidents')
  async detect(): Promise<void> {
    this.done.push('detected');
  }
}

/** Does everything else that there is in the product. */
class Everything {}

function methodFor(decorator: string, key: string): void {
  const method = async (): Promise<void> => {};
  Reflect.defineMetadata(decorator, key, method);
  Object.defineProperty(Everything.prototype, key, { value: method });
}
for (const queue of QUEUE_NAMES) if (queue !== SENT) methodFor(JOB_HANDLER, queue);
for (const timer of Object.keys(TIMETABLE)) if (timer !== 'detect-incidents') methodFor(TIMER_HANDLER, timer);

/** A process of these services, with what it registered. */
async function started(...services: Type[]) {
  const works = new Map<QueueName, HandleJob<never>>();
  const tables = new Map<string, ListDueRows>();
  const timers = new Map<TimerName, () => Promise<unknown>>();
  const module: TestingModule = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [
      HandlerDiscoveryService,
      {
        provide: JobsService,
        useValue: { work: async (...given: [QueueName, never]) => works.set(...given) },
      },
      {
        provide: DueJobsService,
        useValue: { register: (...given: [string, never]) => tables.set(...given) },
      },
      {
        provide: TimetableService,
        useValue: { register: (...given: [TimerName, never]) => timers.set(...given) },
      },
      ...services,
    ],
  }).compile();
  await module.init();
  return { module, works, tables, timers };
}

describe('A process at its start', () => {
  it('finds the method of each queue, timer and table at the services', async () => {
    const { module, works, tables, timers } = await started(Alerts, Everything);
    await module.get(HandlerDiscoveryService).work();
    await works.get(SENT)!({ messageId: 'm1' } as never);
    await timers.get('detect-incidents')!();
    expect(module.get(Alerts).done).toEqual(['m1', 'detected']);
    expect([...works.keys()]).toEqual(QUEUE_NAMES);
    expect(new Set(timers.keys())).toEqual(new Set(Object.keys(TIMETABLE)));
    expect(await tables.get('alert_messages')!({} as never, 500)).toEqual([
      { name: SENT, payload: { messageId: 'lost' } },
    ]);
  });

  it('works at no queue before everything else is ready', async () => {
    const { works } = await started(Alerts, Everything);
    expect(works.size).toBe(0);
  });

  it('ends where a queue has no method', async () => {
    await expect(started(Everything)).rejects.toThrow("@JobHandler('alert.send') stands at no method");
  });

  it('ends where a timer of the timetable has no method', async () => {
    class Silent extends Alerts {
      override async detect(): Promise<void> {}
    }
    await expect(started(Silent, Everything)).rejects.toThrow(
      "@TimerHandler('detect-incidents') stands at no method",
    );
  });

  it('ends where two say which rows of a table are due', async () => {
    class Others {}
    const list = async (): Promise<JobRef[]> => [];
    Reflect.defineMetadata(DUE_ROWS, 'alert_messages', list);
    Object.defineProperty(Others.prototype, 'listOthers', { value: list });
    await expect(started(Alerts, Others, Everything)).rejects.toThrow(
      "@DueRows('alert_messages') stands at Alerts.listDue and at Others.listOthers",
    );
  });
});
