import { describe, expect, it } from 'vitest';
import { logFields } from './log-fields.js';

describe('The fields of a line of the log', () => {
  it('are named in one way, whoever wrote it', () => {
    const err = new Error('busy');
    expect(logFields({ orgId: 7, durationMs: 12, qboInvoiceId: '145', err, seen: 3 })).toEqual({
      org_id: 7,
      duration_ms: 12,
      qbo_invoice_id: '145',
      err,
      seen: 3,
    });
  });

  it('stay as they are where they are named so already', () => {
    const facts = { org_id: 7, msg: 'request completed' };
    expect(logFields(facts)).toBe(facts);
  });

  it('are without what holds a credential', () => {
    expect(logFields({ orgId: 7, token: 'abc' })).toEqual({ org_id: 7 });
  });
});
