import { describe, expect, it } from 'vitest';
import { INBOX_CODES } from '../../../messages/inbox-messages.js';
import { errorFromResponse } from './error-from-response.js';
import { FAULT_CODES } from '../../../messages/quickbooks-fault-messages.js';

/** Every code of Intuit's list, in its order. */
const LISTED = `
  100 110 120 130 140 150 500 600 610 620 800 1000 1010 1020 1040 2000 2010 2020 2030 2040 2050 2060 2070 2080 2090 2100
  2110 2130 2140 2170 2210 2220 2240 2250 2290 2310 2500 3001 3100 3200 3202 4000 4001 4002 5010 5020 5030 6000
    6070 6080
  6100 6140 6190 6200 6210 6240 6250 6540 10000 10100`
  .trim()
  .split(/\s+/);

/** Intuit names them without a text, so that nothing can be said of them but what QuickBooks says itself. */
const WITHOUT_TEXT = ['140', '2140', '2240', '4002', '6100', '6250'];

const said = (code: string): string =>
  errorFromResponse('invoice.create', {
    status: 400,
    text: JSON.stringify({ Fault: { Error: [{ Message: 'Headline', code }], type: 'ValidationFault' } }),
  })!.message;

describe('What the codes of QuickBooks mean', () => {
  it('is known of each that Intuit lists with a text, and of no other', () => {
    const notified = LISTED.filter((code) => !WITHOUT_TEXT.includes(code));
    expect(Object.keys(FAULT_CODES).toSorted()).toEqual(notified.toSorted());
  });

  it('is a sentence of its own for each', () => {
    const meanings = Object.values(FAULT_CODES).map(({ meaning }) => meaning);
    expect(meanings.filter((meaning, index) => meanings.indexOf(meaning) !== index)).toEqual([]);
  });

  it.each(Object.entries(FAULT_CODES))(
    '%s is told in plain words, with something to do',
    (_code, { kind, ...words }) => {
      expect(INBOX_CODES).toContain(kind);
      expect(words.meaning).toMatch(/^[A-Z][^.]+[^.\s]$/); // the end of the sentence is added with the code
      expect(words.nextStep).toMatch(/^[A-Z].+[a-z)]\.$/);
      expect(`${words.meaning} ${words.nextStep}`).not.toMatch(/Fault|DocNumber|TxnDate|SyncToken|null/);
    },
  );

  it.each([
    ['2210', 'QuickBooks does not take the e-mail address of the customer (code 2210: Headline).'],
    ['6210', 'The books are closed for this date in QuickBooks (code 6210: Headline).'],
    ['5030', 'The QuickBooks plan of this company does not have this feature (code 5030: Headline).'],
    ['6100', 'QuickBooks refused what was sent (code 6100: Headline).'],
    ['99999', 'QuickBooks refused what was sent (code 99999: Headline).'],
    ['constructor', 'QuickBooks refused what was sent (code constructor: Headline).'],
  ])('says of %s: %s', (code, sentence) => {
    expect(said(code)).toBe(sentence);
  });

  it('lets the status of an answer decide where it says more than the code', () => {
    const text = JSON.stringify({ fault: { error: [{ message: 'Headline', code: '2020' }] } });
    expect(errorFromResponse('invoice.create', { status: 403, text })!.message).toBe(
      'QuickBooks does not allow this for the connected company or the person who connected it (code 2020: Headline).',
    );
  });
});
