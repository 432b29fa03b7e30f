import { Client } from 'pg';

/** The one organisation of the demo data. */
const DEMO_ORG = 'PeakPro Roofing';

/**
 * Whether a database has organisations that are no demo's. Of these the product would ask the stand-in instead of
 * QuickBooks and Stripe: it knows none of their tokens, and each would have to be connected again. One that cannot be
 * asked has none yet; the product says what is wrong with it.
 */
export async function hasOthers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // a connection that breaks fails its statement
  try {
    await client.connect();
    const { rowCount } = await client.query('select from orgs where name <> $1 limit 1', [DEMO_ORG]);
    return rowCount !== 0;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
