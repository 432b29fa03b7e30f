import { describe, expect, it } from 'vitest';
import { type CustomerRequest, customerBatchPayload, readCustomerAnswers } from './customer-batch.js';
import { QboError } from '../../errors/qbo-error.js';

const requests: CustomerRequest[] = [
  { key: '1', operation: 'create', draft: { displayName: 'Ann', email: 'ann@example.com' } },
  { key: '2', operation: 'update', patch: { id: '60', syncToken: '3', phone: null } },
];
const ann = { Id: '61', SyncToken: '0', DisplayName: 'Ann' };
const fault = (code: string, type = 'ValidationFault') => ({
  Fault: { Error: [{ Message: 'Headline', Detail: 'Ann owes 5', code }], type },
});
const kindsOf = (answers: object[]): (string | undefined)[] => {
  const read = readCustomerAnswers({ BatchItemResponse: answers }, requests);
  return requests.map(({ key }) => {
    const answer = read.get(key);
    return answer instanceof QboError ? answer.kind : answer?.id;
  });
};

describe('A batch of customers', () => {
  it('names each item and says what to do with it', () => {
    expect(customerBatchPayload(requests)).toEqual([
      {
        bId: '1',
        operation: 'create',
        Customer: { DisplayName: 'Ann', PrimaryEmailAddr: { Address: 'ann@example.com' } },
      },
      {
        bId: '2',
        operation: 'update',
        Customer: { Id: '60', SyncToken: '3', sparse: true, PrimaryPhone: { FreeFormNumber: '' } },
      },
    ]);
  });

  it.each([
    {
      name: 'in any order',
      answers: [
        { bId: '2', Customer: { ...ann, Id: '60' } },
        { bId: '1', Customer: ann },
      ],
      kinds: ['61', '60'],
    },
    {
      name: 'faults beside successes',
      answers: [
        { bId: '1', ...fault('6240') },
        { bId: '2', ...fault('5010') },
      ],
      kinds: ['duplicate_name', 'stale'],
    },
    {
      name: 'a fault of the system',
      answers: [
        { bId: '1', ...fault('10000', 'SystemFault') },
        { bId: '2', Customer: ann },
      ],
      kinds: ['uncertain', '61'],
    },
    { name: 'an item left out', answers: [{ bId: '2', Customer: ann }], kinds: ['uncertain', '61'] },
    {
      name: 'an item nobody asked for',
      answers: [{ bId: '7', Customer: ann }],
      kinds: ['uncertain', 'uncertain'],
    },
    {
      name: 'an item without its id',
      answers: [
        { bId: '1', Customer: { DisplayName: 'Ann' } },
        { bId: '2', Fault: 'no' },
      ],
      kinds: ['uncertain', 'uncertain'],
    },
    { name: 'nothing', answers: [], kinds: ['uncertain', 'uncertain'] },
  ])('reads $name', ({ answers, kinds }) => {
    expect(kindsOf(answers)).toEqual(kinds);
  });

  it('keeps what names a customer out of the message', () => {
    const read = readCustomerAnswers({ BatchItemResponse: [{ bId: '1', ...fault('2050') }] }, requests);
    expect((read.get('1') as QboError).message).toBe(
      'A text is longer than QuickBooks takes (code 2050: Headline).',
    );
  });
});
