import { Client, Query } from 'pg';
import { noteConnectingFailed } from './unavailable.js';
import { DOOR_SETTING, ORG_SETTING } from './row-security.js';
import { currentScope, type Scope } from './scope.js';

/** What `Query` of the driver has beyond its published types: it takes the messages that answer it. */
interface DriverQuery {
  callback?: (error: Error | null, result?: unknown) => void;
  readonly text: unknown;
  readonly values?: readonly unknown[];
  submit(connection: Connection): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { text: string }): void;
  bind(message: object): void;
  execute(message: object): void;
}
type DriverQueryClass = new (text: unknown, values?: unknown, callback?: unknown) => DriverQuery;

const BaseQuery = Query as unknown as DriverQueryClass;

/** What begins, ends or shapes a transaction or a session: it sees no rows, and some of it must be the first to run. */
const CONTROL = /^\s*(start|begin|commit|end|rollback|savepoint|release|set|show|listen|unlisten|notify)\b/i;
const TO_SAVEPOINT = /^\s*rollback\s+to\b/i;

/**
 * A statement that is preceded by the settings of its scope, in the same trip to the server and in the same
 * transaction: the caller's, or the one that PostgreSQL has for a statement alone. Nothing outlives the transaction, so
 * that a pooler may give the connection to another.
 */
class ScopedQuery extends BaseQuery {
  /** The answer to the settings is still to come. */
  private settingsAnswered = true;

  constructor(
    private readonly client: ScopedClient,
    private readonly scope: Scope | undefined,
    text: unknown,
    values: unknown,
    callback: unknown,
  ) {
    super(text, values, callback);
  }

  override submit(connection: Connection): Error | null {
    const settings = this.settings();
    if (settings === null) return super.submit(connection);
    this.settingsAnswered = false;
    if (!this.values?.length) {
      Object.assign(this, { text: `${settings}; ${String(this.text)}` });
      return super.submit(connection);
    }
    connection.stream.cork();
    try {
      connection.parse({ text: settings });
      connection.bind({});
      connection.execute({});
      return super.submit(connection);
    } finally {
      connection.stream.uncork();
    }
  }

  override handleRowDescription(message: unknown): void {
    if (this.settingsAnswered) super.handleRowDescription(message);
  }

  override handleDataRow(message: unknown): void {
    if (this.settingsAnswered) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.settingsAnswered) super.handleCommandComplete(message, connection);
    else this.settingsAnswered = true;
  }

  override handleError(error: Error, connection: Connection): void {
    this.client.inForce = null;
    super.handleError(error, connection);
  }

  /** The statement that sets the scope; null where it is in force already. */
  private settings(): string | null {
    if (typeof this.text !== 'string') return null;
    if (this.client.getTransactionStatus() === 'I') this.client.inForce = NOBODY;
    if (CONTROL.test(this.text)) {
      if (TO_SAVEPOINT.test(this.text)) this.client.inForce = null;
      return null;
    }
    const wanted = textOf(this.scope);
    if (this.client.inForce === wanted) return null;
    this.client.inForce = wanted;
    return wanted;
  }
}

/**
 * A connection whose statements see what the scope of their caller allows. The scope is that of the call: a statement
 * that waits for the one before it keeps its own.
 */
export class ScopedClient extends Client {
  /** The settings that the open transaction has by now; null where that is not known. */
  inForce: string | null = NOBODY;

  /** The pool connects with a callback. */
  override connect(callback?: unknown): never {
    if (typeof callback !== 'function') throw new TypeError('A scoped client is connected by its pool.');
    return super.connect((error: Error | null) => {
      if (error) noteConnectingFailed(error);
      callback(error);
    }) as never;
  }

  override query(config: unknown, values?: unknown, callback?: unknown): never {
    if (typeof config !== 'string')
      return super.query(config as never, values as never, callback as never) as never;
    const called = typeof values === 'function' ? values : callback;
    const parameters = typeof values === 'function' ? undefined : values;
    const scope = currentScope();
    if (called) return this.submit(new ScopedQuery(this, scope, config, parameters, called)) as never;
    return new Promise((resolve, reject) => {
      const answer = (error: Error | null, result: unknown) => (error ? reject(error) : resolve(result));
      this.submit(new ScopedQuery(this, scope, config, parameters, answer));
    }).catch((error: Error) => {
      Error.captureStackTrace(error); // that of the caller, not that of the socket
      throw error;
    }) as never;
  }

  private submit(query: ScopedQuery): unknown {
    return super.query(query as never);
  }
}

const NOBODY = textOf(undefined);

function textOf(scope: Scope | undefined): string {
  const set = (name: string, value: string) => `set_config('${name}', '${value}', true)`;
  return `select ${set(ORG_SETTING, String(scope?.orgId ?? ''))}, ${set(DOOR_SETTING, scope?.door ?? '')}`;
}
