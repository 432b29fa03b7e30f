import { describe, expect, it } from 'vitest';
import { ofShell } from '../../sandbox/demo-environment.js';
import { VARIABLES } from '../../src/platform/config/variables.js';

describe('The demo, in a shell that another installation is worked with in', () => {
  const shell = Object.fromEntries(Object.keys(VARIABLES).map((variable) => [variable, 'of the other']));

  it('takes of its settings those alone that name the database, the secrets and the log', () => {
    expect(Object.keys(ofShell(shell)).toSorted()).toEqual([
      'DATABASE_DIRECT_URL',
      'DATABASE_MIGRATE_URL',
      'DATABASE_URL',
      'DEPOSIT_PERCENT',
      'JWT_SECRET_KEY',
      'LOG_LEVEL',
      'QBO_INVOICE_POLL_INTERVAL_MIN',
      'TOKEN_ENCRYPTION_KEYS',
    ]);
  });

  it('has what programs need besides', () => {
    const needed = {
      PATH: '/bin',
      HOME: '/root',
      NODE_OPTIONS: '--max-old-space-size=300',
      TZ: 'UTC',
      HTTP_PROXY: 'p',
    };
    expect(ofShell(needed)).toEqual(needed);
  });
});
