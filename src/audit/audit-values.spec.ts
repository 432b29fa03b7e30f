import { describe, expect, it } from 'vitest';
import { changedValues, recordable, valuesOf } from './audit-values.js';

describe('What the audit log tells of a change', () => {
  it('is what differs, before and after, lists by their content', () => {
    const before = { name: 'Roof', roles: ['sales'], phone: null };
    const after = { name: 'Roof', roles: ['sales', 'admin'], phone: '555-0100' };
    expect(changedValues(before, after)).toEqual({
      before: { roles: ['sales'], phone: null },
      after: { roles: ['sales', 'admin'], phone: '555-0100' },
    });
  });

  it('is nothing where nothing differs', () => {
    expect(changedValues({ lines: [{ a: 1 }], x: null }, { lines: [{ a: 1 }] })).toBeNull();
  });

  it('has the names that the values have outside', () => {
    expect(valuesOf({ depositPercent: 30, orgId: 1 }, ['orgId'])).toEqual({ deposit_percent: 30 });
  });

  it('has the hash that the pack of a month is known by', () => {
    expect(recordable({ pack_hash: 'f9bcb6c1' })).toEqual({ pack_hash: 'f9bcb6c1' });
    expect(recordable({ password_hash: '$argon2id$' })).toEqual({ password_hash: 'not recorded' });
  });

  it('only says that a secret is there', () => {
    expect(recordable({ slack_webhook_url: 'https://hooks', password: null, name: 'a' })).toEqual({
      slack_webhook_url: 'not recorded',
      password: null,
      name: 'a',
    });
  });
});
