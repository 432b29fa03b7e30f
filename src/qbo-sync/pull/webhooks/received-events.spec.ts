import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { receivedEventsOf } from './received-events.js';

const cloudEvent = (facts: object = {}): object => ({
  specversion: '1.0',
  id: '0b1d7c9e-5a55-4f5b-9a3e-2f6f1f9c0a11',
  source: 'intuit.c291cmNl',
  type: 'qbo.invoice.updated.v1',
  datacontenttype: 'application/json',
  time: '2026-11-22T09:10:11.123456789Z',
  intuitentityid: '155',
  intuitaccountid: '9341457021722202',
  data: {},
  ...facts,
});
const entity = (facts: object = {}): object => ({
  name: 'Invoice',
  id: '155',
  operation: 'Update',
  lastUpdated: '2026-09-02T16:09:28.000Z',
  ...facts,
});
const classic = (...entities: object[]): object => ({
  eventNotifications: [{ realmId: '1', dataChangeEvent: { entities } }],
});
const read = (json: unknown) => receivedEventsOf(Buffer.from(JSON.stringify(json)));

describe('A delivery of CloudEvents', () => {
  it('tells which company, which object and what happened to it', () => {
    expect(read([cloudEvent()])).toEqual([
      {
        eventId: '0b1d7c9e-5a55-4f5b-9a3e-2f6f1f9c0a11',
        realmId: '9341457021722202',
        entity: 'invoice',
        entityId: '155',
        operation: 'updated',
        occurredAt: new Date('2026-11-22T09:10:11.123Z'),
        state: 'pending',
        reason: null,
        body: null,
      },
    ]);
  });

  it.each(['void', 'voided'])('may call a void %s', (word) => {
    expect(read([cloudEvent({ type: `qbo.payment.${word}.v1` })])).toMatchObject([
      { entity: 'payment', operation: 'voided', state: 'pending' },
    ]);
  });

  it.each([
    { type: 'qbo.customer.merged.v1', entity: 'customer' },
    { type: 'qbo.changeorder.created.v1', entity: 'changeorder' },
    { type: 'qbo.invoice.emailed.v1', entity: 'invoice' },
    { type: 'intuit.payroll.paid', entity: 'intuit.payroll.paid' },
  ])('of type $type is kept, and asks for nothing', ({ type, entity: of }) => {
    expect(read([cloudEvent({ type })])).toMatchObject([
      { entity: of, state: 'ignored', reason: expect.stringMatching(/\w/) },
    ]);
  });

  it('of a new word about an invoice has it looked at', () => {
    expect(read([cloudEvent({ type: 'qbo.invoice.unvoided.v2' })])).toMatchObject([{ state: 'pending' }]);
  });

  it('may hold several companies, and each id once', () => {
    const other = cloudEvent({ id: 'e2', intuitaccountid: '2' });
    expect(read([cloudEvent(), other, cloudEvent()]).map(({ realmId }) => realmId)).toEqual([
      '9341457021722202',
      '2',
    ]);
  });

  it('may be empty, or one event that is not in a list', () => {
    expect(read([])).toEqual([]);
    expect(read(cloudEvent())).toEqual(read([cloudEvent()]));
  });

  it.each([
    { time: undefined, occurredAt: null },
    { time: 'lately', occurredAt: null },
    { time: '+012026-11-22T01:10:11Z', occurredAt: null },
    { time: '2026-11-22T01:10:11-0800', occurredAt: new Date('2026-11-22T09:10:11Z') },
  ])('with the time $time is an event all the same', ({ time, occurredAt }) => {
    expect(read([cloudEvent({ time })])).toMatchObject([{ state: 'pending', occurredAt }]);
  });
});

describe('A delivery in the older shape', () => {
  it('tells the same', () => {
    expect(read(classic(entity()))).toMatchObject([
      {
        eventId: expect.stringMatching(/^classic:[0-9a-f]{64}$/),
        realmId: '1',
        entity: 'invoice',
        entityId: '155',
        operation: 'updated',
        occurredAt: new Date('2026-09-02T16:09:28Z'),
        state: 'pending',
      },
    ]);
  });

  it.each([
    { field: 'id', change: { id: '156' } },
    { field: 'name', change: { name: 'Payment' } },
    { field: 'operation', change: { operation: 'Void' } },
    { field: 'lastUpdated', change: { lastUpdated: '2026-09-02T16:09:29.000Z' } },
  ])('has an id of its own making, another one for another $field', ({ change }) => {
    const [one] = read(classic(entity()));
    expect(read(classic(entity()))).toMatchObject([{ eventId: one!.eventId }]);
    expect(read(classic(entity(change)))[0]!.eventId).not.toBe(one!.eventId);
  });

  it('of another company has another id', () => {
    const elsewhere = { eventNotifications: [{ realmId: '2', dataChangeEvent: { entities: [entity()] } }] };
    expect(read(elsewhere)[0]!.eventId).not.toBe(read(classic(entity()))[0]!.eventId);
  });
});

describe('What cannot be read', () => {
  it.each([
    { what: 'is empty', text: '' },
    { what: 'is cut off', text: '[{"specversion":"1.0"' },
    { what: 'is a number', text: '7' },
    { what: 'is null', text: 'null' },
    { what: 'is an object of another kind', text: '{"hello":"world"}' },
    { what: 'has no list of notifications', text: '{"eventNotifications":7}' },
  ])('because it $what is kept as it came', ({ text }) => {
    const [event, ...others] = receivedEventsOf(Buffer.from(text));
    expect(others).toEqual([]);
    expect(event).toMatchObject({ state: 'quarantined', realmId: null, reason: expect.stringMatching(/\w/) });
    expect(event!.body!.toString()).toBe(text);
  });

  it.each([
    { what: 'no id', bad: cloudEvent({ id: undefined }) },
    { what: 'no company', bad: cloudEvent({ intuitaccountid: null }) },
    { what: 'an object for an id', bad: cloudEvent({ intuitentityid: {} }) },
    { what: 'a NUL in its id', bad: cloudEvent({ id: 'a\0b' }) },
    { what: 'an endless id', bad: cloudEvent({ id: 'x'.repeat(201) }) },
    { what: 'nothing at all', bad: null },
  ])('because an event has $what does not hold up the one beside it', ({ bad }) => {
    expect(read([bad, cloudEvent({ id: 'good' })])).toMatchObject([
      { eventId: 'good', state: 'pending' },
      { state: 'quarantined', reason: '1 of 2 events cannot be read.' },
    ]);
  });

  it('in the older shape is told from the rest too', () => {
    const delivery = {
      eventNotifications: [
        { realmId: '1' },
        { realmId: '1', dataChangeEvent: { entities: [entity(), entity({ lastUpdated: undefined })] } },
      ],
    };
    expect(read(delivery)).toMatchObject([
      { entityId: '155', state: 'pending' },
      { state: 'quarantined', reason: '2 of 3 events cannot be read.' },
    ]);
  });

  it('is never more than that: any JSON is read to its end', () => {
    const shapes = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.record({ id: fc.jsonValue(), type: fc.jsonValue(), intuitaccountid: fc.jsonValue() })),
      fc.record({ eventNotifications: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(shapes, (json) => {
        const events = read(json);
        expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
      }),
    );
  });
});
