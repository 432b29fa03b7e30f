import { EventEmitter } from 'node:events';
import type { Change } from './books/change.ts';
import type { Company } from './books/company.ts';
import { runRecurring } from './books/recurring-run.ts';
import type { Surroundings } from './books/surroundings.ts';
import { SandboxClock } from './clock.ts';
import { FaultPlan } from './http/fault-plan.ts';
import { Journal } from './http/journal.ts';
import { Limits } from './http/limits.ts';
import { RequestIds } from './http/request-ids.ts';
import { send } from './webhooks/http-post.ts';
import { type Switches, defaultSwitches } from './switches.ts';

/** Everything the sandbox knows, in memory. One World per running sandbox; nothing here is global. */
export class World implements Surroundings {
  readonly clock = new SandboxClock();
  readonly switches: Switches;
  /** By realm id, in order of creation. */
  readonly companies = new Map<string, Company>();
  /** `change` after each committed change in the books; `reset` when the sandbox starts afresh. */
  readonly changes = new EventEmitter<{ change: [Change]; reset: [] }>();
  readonly journal = new Journal();
  readonly faults = new FaultPlan();
  readonly limits = new Limits();
  readonly requestIds = new RequestIds();
  /** How webhooks leave: one POST, and how it went. A simulation puts a network of its own here. */
  post = send;
  readonly #initial: Switches;

  /** `switches` differ from the defaults from the start, and again after each reset. */
  constructor(switches: Partial<Switches> = {}) {
    this.#initial = { ...defaultSwitches(), ...switches };
    this.switches = { ...this.#initial };
    this.clock.onMove(() => this.runSchedules());
  }

  /** Makes what is due by the clock in every company: the documents of recurring transactions. */
  runSchedules(): void {
    for (const company of this.companies.values()) runRecurring(company);
  }

  /**
   * Forgets all companies, faults, requests and answers, sets the clock right and the switches back, and says
   * so.
   */
  reset(): void {
    this.companies.clear();
    this.clock.reset();
    Object.assign(this.switches, this.#initial);
    this.journal.clear();
    this.faults.clear();
    this.limits.clear();
    this.requestIds.forget();
    this.changes.emit('reset');
  }
}
