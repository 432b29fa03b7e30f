import { Client } from 'pg';

/** The one organisation of the demo data. */
const DEMO_ORG = 'PeakPro Roofing';
/** No such table, no such database. */
const NONE_YET: ReadonlySet<string> = new Set(['42P01', '3D000']);

/**
 * Whether a database has organisations that are no demo's. Of these the product would ask the stand-in instead of
 * QuickBooks and Stripe: it knows none of their tokens, and each would have to be connected again. One that is not
 * there, or has no tables, has none yet. Throws where it cannot be asked.
 */
export async function hasOthers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // a connection that breaks fails its statement
  try {
    await client.connect();
    const { rowCount } = await client.query('select from orgs where name <> $1 limit 1', [DEMO_ORG]);
    return rowCount !== 0;
  } catch (error) {
    if (NONE_YET.has((error as { code?: string }).code ?? '')) return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}
