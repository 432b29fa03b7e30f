import { EventEmitter } from 'node:events';
import type { Company } from './books/company.ts';
import { SandboxClock } from './clock.ts';
import { FaultPlan } from './http/fault-plan.ts';
import { Journal } from './http/journal.ts';
import { Limits } from './http/limits.ts';
import { RequestIds } from './http/request-ids.ts';
import { type Switches, defaultSwitches } from './switches.ts';

/** One change in a company's books as QBO would announce it: the ground of webhooks. */
export interface Change {
  realmId: string;
  /** Entity name as in the API: `Invoice`, `Payment`, `Customer`. */
  entity: string;
  id: string;
  operation: 'Create' | 'Update' | 'Delete' | 'Merge' | 'Void' | 'Emailed';
  at: Date;
  /** The Id that lost, when two name records were merged. */
  deletedId?: string;
}

/** Everything the sandbox knows, in memory. One World per running sandbox; nothing here is global. */
export class World {
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
  readonly #initial: Switches;

  /** `switches` differ from the defaults from the start, and again after each reset. */
  constructor(switches: Partial<Switches> = {}) {
    this.#initial = { ...defaultSwitches(), ...switches };
    this.switches = { ...this.#initial };
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
