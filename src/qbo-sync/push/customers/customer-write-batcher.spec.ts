import { describe, expect, it } from 'vitest';
import type { CallResult } from '../../api/pipeline/qbo-http-pipeline.service.js';
import type { CustomerAnswers, CustomerRequest } from '../../api/mappers/customer-batch.js';
import { QboError, type QboErrorKind } from '../../api/errors/qbo-error.js';
import type { QboCustomer } from '../../api/model/qbo-objects.js';
import { CustomerWriteBatcher, type BatchSlot } from './customer-write-batcher.js';

const company = { orgId: 1, realmId: '934145', env: 'sandbox' as const };
const error = (kind: QboErrorKind): QboError => new QboError(kind, kind, { operation: 'customer.batch' });
const customer = (id: string): QboCustomer => ({
  id,
  syncToken: '0',
  displayName: id,
  givenName: null,
  familyName: null,
  companyName: null,
  email: null,
  phone: null,
  otherPhones: [],
  parentId: null,
  active: true,
});

/** A QuickBooks that notes what it is asked. Alone it answers `alone`, together the key. */
function line(answer: (request: CustomerRequest) => QboCustomer | QboError = ({ key }) => customer(key)) {
  const calls: string[] = [];
  const customers: Record<string, number>[] = [];
  const alone = async (name: string): Promise<CallResult<QboCustomer>> => {
    calls.push(name);
    return { value: customer('alone') };
  };
  const writer = {
    createCustomer: () => alone('create'),
    updateCustomer: () => alone('update'),
  };
  const together = async (
    _company: unknown,
    requests: readonly CustomerRequest[],
    theirs: Readonly<Record<string, number>>,
  ): Promise<CallResult<CustomerAnswers>> => {
    calls.push(`together ${requests.length}`);
    customers.push(theirs);
    const value = new Map(requests.map((request) => [request.key, answer(request)]));
    return { value, intuitTid: '1-5f3a' };
  };
  return { calls, customers, writer, together };
}

const create = (seat: BatchSlot) => seat.createCustomer(company, { displayName: 'Ann' }, 'cust-1');
const update = (seat: BatchSlot) => seat.updateCustomer(company, { id: '60', syncToken: '0', phone: null });
const sync = async <T>(seat: BatchSlot, work: (seat: BatchSlot) => Promise<T>): Promise<T> =>
  work(seat).finally(() => seat.leave());

describe('A carriage of customers', () => {
  it('takes the first write of each in one call, and gives each its own answer', async () => {
    const { calls, customers, writer, together } = line();
    const carriage = new CustomerWriteBatcher(together, writer);
    const seats = [17, 18, 19].map((id) => carriage.seat(id));
    const made = await Promise.all(seats.map((seat, index) => sync(seat, index === 1 ? update : create)));
    expect(made.map(({ value }) => value.id)).toEqual(['1', '2', '3']);
    expect(calls).toEqual(['together 3']);
    expect(customers).toEqual([{ 1: 17, 2: 18, 3: 19 }]);
  });

  it('tells each the trace id of the call it went in', async () => {
    const { writer, together } = line();
    const carriage = new CustomerWriteBatcher(together, writer);
    const seats = [17, 18, 19].map((id) => carriage.seat(id));
    const made = await Promise.all(seats.map((seat) => sync(seat, create)));
    expect(made.map(({ intuitTid }) => intuitTid)).toEqual(['1-5f3a', '1-5f3a', '1-5f3a']);
  });

  it('does not wait for those that write nothing', async () => {
    const { calls, writer, together } = line();
    const carriage = new CustomerWriteBatcher(together, writer);
    const [one, two, idle] = [17, 18, 19].map((id) => carriage.seat(id)) as [BatchSlot, BatchSlot, BatchSlot];
    const made = Promise.all([sync(one, create), sync(two, create)]);
    idle.leave();
    await made;
    expect(calls).toEqual(['together 2']);
  });

  it('sends one that is by itself alone', async () => {
    const { calls, writer, together } = line();
    const made = await sync(new CustomerWriteBatcher(together, writer).seat(17), create);
    expect(made.value.id).toBe('alone');
    expect(calls).toEqual(['create']);
  });

  it('leaves the one behind that takes too long, which goes alone', async () => {
    const { calls, writer, together } = line();
    const carriage = new CustomerWriteBatcher(together, writer, 1);
    const [one, two, late] = [17, 18, 19].map((id) => carriage.seat(id)) as [BatchSlot, BatchSlot, BatchSlot];
    await Promise.all([sync(one, create), sync(two, create)]);
    expect((await sync(late, create)).value.id).toBe('alone');
    expect(calls).toEqual(['together 2', 'create']);
  });

  it('lets a second write go alone', async () => {
    const { calls, writer, together } = line();
    const carriage = new CustomerWriteBatcher(together, writer);
    const twice = async (seat: BatchSlot): Promise<CallResult<QboCustomer>> => {
      await create(seat);
      return create(seat);
    };
    await Promise.all([17, 18].map((id) => carriage.seat(id)).map((seat) => sync(seat, twice)));
    expect(calls).toEqual(['together 2', 'create', 'create']);
  });

  it('tells a failure to whom it concerns', async () => {
    const { writer, together } = line(({ key }) => (key === '2' ? error('duplicate_name') : customer(key)));
    const carriage = new CustomerWriteBatcher(together, writer);
    const seats = [17, 18, 19].map((id) => carriage.seat(id));
    const made = await Promise.allSettled(seats.map((seat) => sync(seat, create)));
    expect(made.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('tells everybody when the call as a whole failed, a few at a time', async () => {
    const { writer } = line();
    const carriage = new CustomerWriteBatcher(() => Promise.reject(error('uncertain')), writer);
    let [atWork, most] = [0, 0];
    const troubled = async (seat: BatchSlot): Promise<string> => {
      const failure: unknown = await create(seat).catch((reason: unknown) => reason);
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
      return (failure as QboError).kind;
    };
    const seats = Array.from({ length: 30 }, (_, index) => carriage.seat(index));
    const kinds = await Promise.all(seats.map((seat) => sync(seat, troubled)));
    expect(kinds).toEqual(Array(30).fill('uncertain'));
    expect(most).toBe(5);
  });

  it('sends a lost change again, never a lost creation', async () => {
    const { calls, writer, together } = line(() => error('uncertain'));
    const carriage = new CustomerWriteBatcher(together, writer);
    const [one, two] = [carriage.seat(17), carriage.seat(18)];
    const made = await Promise.allSettled([sync(one, create), sync(two, update)]);
    expect(made).toMatchObject([{ reason: { kind: 'uncertain' } }, { value: { value: { id: 'alone' } } }]);
    expect(calls).toEqual(['together 2', 'update']);
  });
});
