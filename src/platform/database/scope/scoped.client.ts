import { Client, type ClientConfig, Query, TypeOverrides, types } from 'pg';
import { nameToUse } from '../statements/prepared.js';
import { noteConnectingFailed } from '../failures/unavailable.js';
import { DOOR_SETTING, ORG_SETTING } from './row-security.js';
import { currentScope, type Scope } from './scope.js';

/** What `Query` of the driver has beyond its published types: it takes the messages that answer it. */
interface DriverQuery {
  callback?: (error: Error | null, result?: unknown) => void;
  readonly text: unknown;
  readonly name?: string;
  readonly values?: readonly unknown[];
  submit(connection: Connection): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  /** Texts of the named statements that the server has, by name. */
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(message: { text: string; name?: string }): void;
  bind(message: { statement?: string; values?: readonly string[] }): void;
  execute(message: object): void;
  close(message: { type: 'S'; name: string }): void;
}
type DriverQueryClass = new (text: unknown, values?: unknown, callback?: unknown) => DriverQuery;

/** A scope as the policies read it. */
interface Settings {
  readonly orgId: string;
  readonly door: string;
}

const NOBODY: Settings = { orgId: '', door: '' };

const SETTING_NAME = 'crm_scope';
const SETTING_TEXT = `select set_config('${ORG_SETTING}', $1, true), set_config('${DOOR_SETTING}', $2, true)`;

/** A session keeps from its beginning that it may only read, also once the database takes writes again. */
const READS_ONLY = '25006';

/** No such statement, or there already: a pooler nobody told of gave the session to another in between. */
const MIXED_SESSIONS: ReadonlySet<string> = new Set(['26000', '42P05']);

/**
 * A day stays the text that it is, as everywhere here. The driver would make midnight of it where the process runs: an
 * instant, which is of the day before for whoever is further west.
 */
const TYPES = new TypeOverrides();
TYPES.setTypeParser(types.builtins.DATE, String);

/** What the driver's client has beyond its published types. */
const STARTUP = Client.prototype as unknown as { getStartupConf(this: Client): Record<string, string> };

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
    text: string,
    values: unknown,
    callback: unknown,
  ) {
    const hasValues = Array.isArray(values) && values.length > 0;
    const name = client.prepares && hasValues ? nameToUse(text) : undefined;
    super(name === undefined ? text : { name, text }, values, callback);
  }

  override submit(connection: Connection): Error | null {
    const settings = this.settings();
    connection.stream.cork();
    try {
      if (this.name !== undefined) this.client.forgetIfInDoubt(connection, this.name);
      if (settings !== null) {
        this.settingsAnswered = false;
        if (this.name === undefined && !this.values?.length) {
          Object.assign(this, { text: `select ${setting(settings)}; ${String(this.text)}` });
        } else {
          this.submitSettings(connection, settings);
        }
      }
      return super.submit(connection);
    } finally {
      connection.stream.uncork();
    }
  }

  private submitSettings(connection: Connection, settings: Settings): void {
    const { client } = this;
    if (client.prepares) {
      client.forgetIfInDoubt(connection, SETTING_NAME);
      if (connection.parsedStatements[SETTING_NAME] === undefined) {
        connection.parse({ name: SETTING_NAME, text: SETTING_TEXT });
        connection.parsedStatements[SETTING_NAME] = SETTING_TEXT;
      }
      connection.bind({ statement: SETTING_NAME, values: [settings.orgId, settings.door] });
    } else {
      connection.parse({ text: `select ${setting(settings)}` });
      connection.bind({});
    }
    connection.execute({});
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
    this.client.doubt(error, this.name);
    if ((error as { code?: string }).code === READS_ONLY) this.client.expend();
    super.handleError(error, connection);
  }

  /** What sets the scope; null where it is in force already. */
  private settings(): Settings | null {
    if (typeof this.text !== 'string') return null;
    if (this.client.getTransactionStatus() === 'I') this.client.inForce = NOBODY;
    if (CONTROL.test(this.text)) {
      if (TO_SAVEPOINT.test(this.text)) this.client.inForce = null;
      return null;
    }
    const wanted = settingsOf(this.scope);
    const { inForce } = this.client;
    if (inForce !== null && inForce.orgId === wanted.orgId && inForce.door === wanted.door) return null;
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
  inForce: Settings | null = NOBODY;
  /** Statements are prepared: the session is this client's alone, until the server shows that it is not. */
  prepares: boolean;
  /** Of these the server may have a plan, or none, or one that fits no more. */
  private readonly inDoubt = new Set<string>();

  constructor(options: ClientConfig & { prepares?: boolean }) {
    super({ ...options, types: TYPES });
    this.prepares = options.prepares ?? false;
    // A connection that breaks fails its statement. Its pool listens once it is open, too late for one that breaks
    // while a pooler is looked for: unheard, that ends the process.
    this.on('error', () => {});
  }

  /** After an error nobody knows whether the server has the statement, and the one with the settings. */
  doubt(error: Error, name: string | undefined): void {
    if (!this.prepares) return;
    if (MIXED_SESSIONS.has((error as { code?: string }).code ?? '')) this.prepares = false;
    this.inDoubt.add(SETTING_NAME);
    if (name !== undefined) this.inDoubt.add(name);
  }

  /** Has the pool end this connection as it is given back, by the count of uses that its driver has for that. */
  expend(): void {
    Object.assign(this, { _poolUseCount: Number.POSITIVE_INFINITY });
  }

  /** Has the server drop a statement in doubt, so that it is read anew. It is no error where there is none. */
  forgetIfInDoubt(connection: Connection, name: string): void {
    if (!this.inDoubt.delete(name) || !this.prepares) return;
    connection.close({ type: 'S', name });
    delete connection.parsedStatements[name];
    delete connection.submittedNamedStatements[name];
  }

  /**
   * What the driver asks for at the start of a session, and two things it leaves to the server: the driver reads dates
   * in no other spelling, and statements make days of instants. A pooler such as PgBouncer keeps both for each client.
   */
  getStartupConf(): Record<string, string> {
    return { ...STARTUP.getStartupConf.call(this), DateStyle: 'ISO, MDY', TimeZone: 'UTC' };
  }

  /** The pool connects with a callback. */
  override connect(callback?: unknown): never {
    if (typeof callback !== 'function') throw new TypeError('A scoped client is connected by its pool.');
    return super.connect((error: Error | null) => {
      if (error) noteConnectingFailed(error);
      if (error || !this.prepares) callback(error);
      else this.lookForPooler(callback as (error: Error | null) => void);
    }) as never;
  }

  /** A pooler answers with a key of its own for the process of the server: behind one nothing is prepared. */
  private lookForPooler(done: (error: Error | null) => void): void {
    const answer = (error: Error | null, result?: { rows: { pid: number }[] }): void => {
      if (result?.rows[0]?.pid !== (this as unknown as { processID: number }).processID)
        this.prepares = false;
      done(error);
    };
    void super.query('select pg_backend_pid() as pid', answer as never);
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

function settingsOf(scope: Scope | undefined): Settings {
  if (!scope) return NOBODY;
  return { orgId: scope.orgId === undefined ? '' : String(scope.orgId), door: scope.door ?? '' };
}

function setting({ orgId, door }: Settings): string {
  return `set_config('${ORG_SETTING}', '${orgId}', true), set_config('${DOOR_SETTING}', '${door}', true)`;
}
