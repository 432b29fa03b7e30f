import { Client } from 'pg';
import { noteConnectingFailed } from './failures/unavailable.js';

/** Limits of time that a connection of the product asks for, in milliseconds. */
export const SESSION_LIMITS = {
  /** Longer than any statement of the product takes; one that does is given up. */
  statement_timeout: 15_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 30_000,
} as const;

/** For a look by an address by which the product asks for no limits, or for work that may take its time. */
export const UNLIMITED = {
  application_name: 'peakpro-crm',
  keepAlive: true,
  connectionTimeoutMillis: 10_000,
} as const;

/** What every connection to PostgreSQL asks for, of a pool or alone: it gives up rather than wait forever. */
export const CONNECTING = { ...UNLIMITED, ...SESSION_LIMITS } as const;

/**
 * A connection outside of the pool, for a few questions of a start, which the caller ends. It reads an address, asks
 * for limits and proves the server as those of the pool do: what a start finds out holds for them too.
 */
export async function connectAlone(url: string, asks: object = CONNECTING): Promise<Client> {
  const client = new Client({ ...asks, connectionString: url });
  client.on('error', () => {}); // a connection that breaks fails its statement
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    noteConnectingFailed(error as Error);
    throw error;
  }
}

/** Asks on such a connection. */
export async function askAlone<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectAlone(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Who signs in by an address, as the driver reads it: by `?user=` of one with a socket too, or by the environment. */
export function signInOf(url: string): { user: string; password: string } {
  const { user, password } = new Client({ connectionString: url });
  return { user: user ?? '', password: password ?? '' };
}

/**
 * The role that an address itself names, with its password. Null for one that leaves it to whoever runs the process, by
 * the environment or the account: what migrates may be another than what serves.
 */
export function roleNamedBy(url: string): { user: string; password: string } | null {
  const { username, searchParams } = new URL(url);
  return username || searchParams.get('user') ? signInOf(url) : null;
}

/** How long a limit is that connections by this address ask for, in milliseconds: its own parameter comes first. */
export function limitAskedBy(url: string, limit: keyof typeof SESSION_LIMITS): number {
  const own = new URL(url).searchParams.get(limit);
  return own ? Number.parseInt(own, 10) : SESSION_LIMITS[limit];
}

/** Where an address leads, for people: a host with its port, or the folder of a socket. Pure. */
export function placeOf(url: string): string {
  const { host, searchParams } = new URL(url);
  return searchParams.get('host') ?? (host || 'this machine');
}
