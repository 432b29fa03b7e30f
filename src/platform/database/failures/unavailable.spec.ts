import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Client } from 'pg';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { describe, expect, it } from 'vitest';
import { isDatabaseUnavailable, noteConnectingFailed } from './unavailable.js';

const withCode = (code: string, message = code) => Object.assign(new Error(message), { code });
const ofConnecting = (error: Error) => {
  noteConnectingFailed(error);
  return error;
};
const ofQuery = (driver: Error) => new QueryFailedError('select 1', [], driver);

describe('The database is away', () => {
  it.each([
    ofConnecting(withCode('ECONNREFUSED', '')),
    ofConnecting(withCode('ENOENT', 'connect ENOENT /data/postgres/.s.PGSQL.5432')),
    ofQuery(withCode('ECONNRESET', 'read ECONNRESET')),
    withCode('57P03', 'the database system is starting up'),
    ofQuery(withCode('57P01', 'terminating connection due to administrator command')),
    ofQuery(withCode('25006', 'cannot execute INSERT in a read-only transaction')),
    ofQuery(withCode('53300', 'sorry, too many clients already')),
    ofQuery(withCode('53100', 'could not extend file "base/16385/2619": No space left on device')),
    ofQuery(withCode('08P01', 'server login has been failing, try again later (server_login_retry)')), // PgBouncer
    ofQuery(withCode('08P01', 'query_wait_timeout')),
    withCode('08P01', 'no more connections allowed (max_client_conn)'),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated due to connection timeout'),
    new Error('timeout exceeded when trying to connect'),
    ofQuery(new Error('Connection terminated unexpectedly')),
    ofQuery(new Error('Client has encountered a connection error and is not queryable')),
    new QueryRunnerAlreadyReleasedError(),
    new QueryRunnerProviderAlreadyReleasedError(),
    new Error('The job was not queued', { cause: ofConnecting(withCode('ECONNRESET')) }),
  ])('when a statement ends with %s', (error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it('when it takes a connection and says nothing', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const client = new Client({ host: '127.0.0.1', port, connectionTimeoutMillis: 50 });
    const error = await client.connect().catch((refused: unknown) => refused);
    silent.close();
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it.each([
    ofQuery(withCode('57014', 'canceling statement due to statement timeout')),
    ofQuery(withCode('23505', 'duplicate key value violates unique constraint')),
    ofQuery(
      Object.assign(withCode('08P01', 'bind message supplies 1 parameters'), {
        routine: 'exec_bind_message',
      }),
    ),
    new Error('The connection was terminated by QuickBooks'),
    withCode('ECONNRESET', 'aborted'), // a client that went away
    withCode('ENOENT', 'no such file or directory'), // a file of ours
    new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }),
    'ECONNREFUSED',
    null,
  ])('but not when it ends with %s', (error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});
