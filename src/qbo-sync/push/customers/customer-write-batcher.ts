import type { CustomerAnswers, CustomerRequest, CustomerWrite } from '../../api/mappers/customer-batch.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { CallResult } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { CustomerDraft, CustomerPatch, QboCustomer } from '../../api/model/qbo-objects.js';
import type { CustomerWriter } from './customer-writer.js';
import { forEachConcurrent } from '../../../platform/concurrency/for-each-concurrent.js';

/** A sync that waits for another worker keeps the others waiting no longer than this; it then goes by itself. */
const PATIENCE_MS = 2_000;
/** How many whose answer was a failure look into it at the same time. */
const TROUBLED_AT_ONCE = 5;

/**
 * One call that carries the writes of several syncs, and its trace id. `customers` are theirs, by the key of their
 * request.
 */
export type SendTogether = (
  company: QboCompany,
  requests: readonly CustomerRequest[],
  customers: Readonly<Record<string, number>>,
) => Promise<CallResult<CustomerAnswers>>;

/** A write that waits for the departure. `left` is over when its sync is. */
interface Passenger {
  company: QboCompany;
  customerId: number;
  write: CustomerWrite;
  alone: () => Promise<CallResult<QboCustomer>>;
  resolve: (made: CallResult<QboCustomer>) => void;
  reject: (error: unknown) => void;
  left: Promise<void>;
}

/**
 * Takes the first write of each of several syncs to QuickBooks in one call. Promise: it departs once, when each sync has
 * written or ended, or when its patience is over; what a sync writes after that goes out alone. Everyone gets its own
 * answer; those that failed get it a few at a time, because looking into a failure takes calls.
 */
export class CustomerWriteBatcher {
  private readonly passengers: Passenger[] = [];
  private undecided = 0;
  private departed = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly together: SendTogether,
    private readonly alone: CustomerWriter,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** A place for one sync. Take all places before the first sync begins, and give each back when its sync is over. */
  seat(customerId: number): BatchSlot {
    this.undecided += 1;
    let decided = false;
    const decide = (): void => {
      if (decided) return;
      decided = true;
      this.undecided -= 1;
      if (this.undecided === 0) void this.depart();
    };
    return new BatchSlot(
      this.alone,
      (passenger) => {
        if (this.departed || decided) return false;
        this.passengers.push({ ...passenger, customerId });
        this.timer ??= setTimeout(() => void this.depart(), this.patienceMs);
        decide();
        return true;
      },
      decide,
    );
  }

  private async depart(): Promise<void> {
    if (this.departed) return;
    this.departed = true;
    clearTimeout(this.timer);
    const [first, ...others] = this.passengers;
    if (!first) return;
    if (others.length === 0) {
      await first.alone().then(first.resolve, first.reject);
      return;
    }
    const answerTo = await this.call(first.company);
    const troubled = this.passengers.filter((passenger, index) => {
      const answer = answerTo(index);
      if (answer.ok) passenger.resolve(answer.made);
      return !answer.ok;
    });
    await forEachConcurrent(troubled, TROUBLED_AT_ONCE, async (passenger) => {
      const answer = answerTo(this.passengers.indexOf(passenger));
      if (!answer.ok) passenger.reject(answer.error);
      await passenger.left;
    });
  }

  /** Makes the call and answers what came of each passenger, by its place. Never throws. */
  private async call(
    company: QboCompany,
  ): Promise<(index: number) => { ok: true; made: CallResult<QboCustomer> } | { ok: false; error: unknown }> {
    const keyOf = (index: number): string => String(index + 1);
    const requests = this.passengers.map(({ write }, index) => ({ ...write, key: keyOf(index) }));
    const customers = Object.fromEntries(
      this.passengers.map(({ customerId }, index) => [keyOf(index), customerId]),
    );
    try {
      const { value: answers, intuitTid } = await this.together(company, requests, customers);
      return (index) => {
        const answer = answers.get(keyOf(index))!;
        return answer instanceof QboError
          ? { ok: false, error: answer }
          : { ok: true, made: { value: answer, intuitTid } };
      };
    } catch (error) {
      return () => ({ ok: false, error });
    }
  }
}

/** The place of one sync: a CustomerWriter whose first write goes with the others. */
export class BatchSlot implements CustomerWriter {
  private free!: () => void;
  private readonly left = new Promise<void>((resolve) => (this.free = resolve));

  constructor(
    private readonly client: CustomerWriter,
    private readonly board: (passenger: Omit<Passenger, 'customerId'>) => boolean,
    private readonly decide: () => void,
  ) {}

  async createCustomer(
    company: QboCompany,
    draft: CustomerDraft,
    requestId: string,
  ): Promise<CallResult<QboCustomer>> {
    const alone = (): Promise<CallResult<QboCustomer>> =>
      this.client.createCustomer(company, draft, requestId);
    return (await this.ride(company, { operation: 'create', draft }, alone)) ?? alone();
  }

  /** A change whose answer was lost is sent again by itself: were it made already, its version would be out of date. */
  async updateCustomer(company: QboCompany, patch: CustomerPatch): Promise<CallResult<QboCustomer>> {
    const alone = (): Promise<CallResult<QboCustomer>> => this.client.updateCustomer(company, patch);
    const made = await this.ride(company, { operation: 'update', patch }, alone)?.catch((error: unknown) => {
      if (error instanceof QboError && error.kind === 'uncertain') return null;
      throw error;
    });
    return made ?? alone();
  }

  /** Gives the place back: the sync is over. */
  leave(): void {
    this.free();
    this.decide();
  }

  /** Null where the others have gone. */
  private ride(
    company: QboCompany,
    write: CustomerWrite,
    alone: () => Promise<CallResult<QboCustomer>>,
  ): Promise<CallResult<QboCustomer>> | null {
    const { promise, resolve, reject } = Promise.withResolvers<CallResult<QboCustomer>>();
    if (!this.board({ company, write, alone, resolve, reject, left: this.left })) return null;
    return promise;
  }
}
