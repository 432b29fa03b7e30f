import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { DUE_ROWS, type ListDueRows } from './due-rows.decorator.js';
import { DueJobsService } from './due-jobs.service.js';
import { JOB_HANDLER } from './job-handler.decorator.js';
import type { HandleJob } from '../queue/job-runner.js';
import { JobsService } from '../jobs.service.js';
import { type DecoratedMethod, oneMethodEach } from './one-method-each.js';
import type { QueueName } from '../queue/queue-payloads.js';
import { QUEUE_NAMES } from '../queue/queue-rules.js';
import { TIMER_HANDLER } from './timer-handler.decorator.js';
import { TIMETABLE, type TimerName } from '../timers/timetable.js';
import { TimetableService } from '../timers/timetable.service.js';

type Method = (...given: unknown[]) => Promise<never>;
type Instance = Record<string, Method>;
type Run<Handle> = { readonly run: Handle };

/**
 * Finds the methods of the services that `@JobHandler`, `@DueRows` and `@TimerHandler` stand at. Promise: a process
 * starts only where every queue and every timer has one method, and every table at most one.
 */
@Injectable()
export class HandlerDiscoveryService implements OnModuleInit {
  private readonly methods = new Map<QueueName, Run<HandleJob<QueueName>>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly jobs: JobsService,
    private readonly dueJobs: DueJobsService,
    private readonly timetable: TimetableService,
  ) {}

  onModuleInit(): void {
    const instances = this.instances();
    const ofQueues = this.find<QueueName, HandleJob<QueueName>>(instances, JOB_HANDLER);
    for (const [queue, method] of oneMethodEach('JobHandler', ofQueues, QUEUE_NAMES))
      this.methods.set(queue, method);
    const ofTables = this.find<string, ListDueRows>(instances, DUE_ROWS);
    for (const [table, { run }] of oneMethodEach('DueRows', ofTables)) this.dueJobs.register(table, run);
    const ofTimers = this.find<TimerName, () => Promise<unknown>>(instances, TIMER_HANDLER);
    for (const [timer, { run }] of oneMethodEach(
      'TimerHandler',
      ofTimers,
      Object.keys(TIMETABLE) as TimerName[],
    ))
      this.timetable.register(timer, run);
  }

  /** Begins to run the jobs of every queue, where this process runs jobs. */
  async work(): Promise<void> {
    for (const name of QUEUE_NAMES) await this.jobs.work(name, this.methods.get(name)!.run);
  }

  private instances(): Set<Instance> {
    const there = this.discovery
      .getProviders()
      .filter((provider) => provider.isDependencyTreeStatic())
      .map(({ instance }) => instance as unknown);
    return new Set(there.filter((one) => typeof one === 'object' && one !== null)) as Set<Instance>;
  }

  /** Each is called by its name, as it is then: what wraps it later is called, too. */
  private find<Key extends string, Handle>(
    instances: ReadonlySet<Instance>,
    decorator: string,
  ): (DecoratedMethod<Key> & Run<Handle>)[] {
    return [...instances].flatMap((instance) =>
      this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object).flatMap((method) => {
        const key = this.reflector.get<Key | undefined>(decorator, instance[method]!);
        if (key === undefined) return [];
        const run = (...given: unknown[]) => instance[method]!(...given);
        return [{ key, name: `${instance.constructor.name}.${method}`, run: run as Handle }];
      }),
    );
  }
}
