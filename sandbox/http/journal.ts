import { InFlight } from './in-flight.ts';

/** One request to the API, as it came and as it was answered. Never holds a token. */
export interface JournalEntry {
  at: string;
  realm: string;
  /** `customer.create`, `invoice.query`, `cdc`, `batch`, … */
  operation: string;
  method: string;
  /** Path and query as sent. */
  url: string;
  requestid: string | null;
  body: unknown;
  /** Null while unanswered, and for a request that never was. */
  status: number | null;
  /** Whether the books were asked to do it: false when refused at the access or failed before. */
  executed: boolean;
  intuit_tid: string;
  /** What the client sent wrong: why it was refused, and fields of a new record that only the server sets. */
  wrong: string[];
}

export interface CallCount {
  total: number;
  /** Reads that succeeded, as Intuit's partner programme counts them (CorePlus). */
  metered: number;
  operations: Record<string, number>;
  statuses: Record<string, number>;
  /** The most requests that were under way at the same time, answered or not. */
  most_at_once: number;
}

const ENTRIES_MAX = 2000;

function emptyCount(): CallCount {
  return { total: 0, metered: 0, operations: {}, statuses: {}, most_at_once: 0 };
}

/** What was asked of the API: the last requests in full, and counts of all of them per realm. */
export class Journal {
  #entries: JournalEntry[] = [];
  readonly #counts = new Map<string, CallCount>();
  readonly #inFlight = new InFlight();

  begin(entry: JournalEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > ENTRIES_MAX) this.#entries = this.#entries.slice(-ENTRIES_MAX / 2);
    this.#inFlight.begin(entry.realm);
    const count = this.#countOf(entry.realm);
    count.total += 1;
    count.most_at_once = this.#inFlight.most(entry.realm);
    count.operations[entry.operation] = (count.operations[entry.operation] ?? 0) + 1;
  }

  /** Notes the answer and how many metered reads it was. */
  end(entry: JournalEntry, status: number | null, metered: number): void {
    entry.status = status;
    const count = this.#countOf(entry.realm);
    count.metered += metered;
    const key = status === null ? 'none' : String(status);
    count.statuses[key] = (count.statuses[key] ?? 0) + 1;
  }

  /** Nothing more will be said to this request. */
  leave(entry: JournalEntry): void {
    this.#inFlight.end(entry.realm);
  }

  calls(realm: string): CallCount {
    return structuredClone(this.#counts.get(realm) ?? emptyCount());
  }

  allCalls(): Record<string, CallCount> {
    return structuredClone(Object.fromEntries(this.#counts));
  }

  /** The latest requests, oldest first. */
  requests(limit: number, realm?: string): JournalEntry[] {
    const entries =
      realm === undefined ? this.#entries : this.#entries.filter((entry) => entry.realm === realm);
    return entries.slice(-limit);
  }

  clear(): void {
    this.#entries = [];
    this.#counts.clear();
    this.#inFlight.clear();
  }

  #countOf(realm: string): CallCount {
    const count = this.#counts.get(realm) ?? emptyCount();
    this.#counts.set(realm, count);
    return count;
  }
}
