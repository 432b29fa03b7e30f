import { fileURLToPath } from 'node:url';
import { SandboxControl } from './control-client.ts';
import { startSandbox } from './sandbox.ts';

const REALM = '1';
const PER_REQUEST = 10_000;
const PAGES = 30;

/** What was measured: seconds to create all invoices, and the median of reading one page, in milliseconds. */
export interface Measured {
  invoices: number;
  createSeconds: number;
  pageMs: number;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}

async function accessToken(url: string): Promise<string> {
  const answer = await fetch(`${url}/sandbox/oauth/grant`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ realm_id: REALM }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Pages of 100 invoices, from everywhere among them; checks that each is full. */
async function pageTimes(url: string, invoices: number): Promise<number[]> {
  const headers = { authorization: `Bearer ${await accessToken(url)}`, accept: 'application/json' };
  const times: number[] = [];
  for (let page = 0; page < PAGES; page += 1) {
    const start = 1 + Math.floor((page / PAGES) * (invoices - 100));
    const statement = `select * from Invoice startposition ${start} maxresults 100`;
    const before = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one page after the other is what is measured
    const answer = await fetch(`${url}/v3/company/${REALM}/query?query=${encodeURIComponent(statement)}`, {
      headers,
    });
    // oxlint-disable-next-line no-await-in-loop -- as above
    const body = (await answer.json()) as { QueryResponse: { maxResults: number } };
    times.push(performance.now() - before);
    if (body.QueryResponse.maxResults !== 100) throw new Error(`page ${start} is not full`);
  }
  return times;
}

/** Creates invoices by `invoices/many` in a sandbox of its own and reads pages of them, all over HTTP. */
export async function measure(invoices: number): Promise<Measured> {
  const sandbox = await startSandbox({ companies: [{ realmId: REALM, name: 'Many', fixtures: false }] });
  try {
    const control = new SandboxControl(sandbox.url);
    const customer = await control.createCustomer(REALM, 'Ann');
    const before = performance.now();
    for (let left = invoices; left > 0; left -= PER_REQUEST) {
      const count = Math.min(left, PER_REQUEST);
      // oxlint-disable-next-line no-await-in-loop -- one request after the other is what is measured
      await control.createInvoices(REALM, { customer_id: customer.Id, count });
    }
    const createSeconds = (performance.now() - before) / 1000;
    return { invoices, createSeconds, pageMs: median(await pageTimes(sandbox.url, invoices)) };
  } finally {
    await sandbox.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { invoices, createSeconds, pageMs } = await measure(Number(process.argv[2] ?? 100_000));
  process.stdout.write(
    `${invoices} invoices created in ${createSeconds.toFixed(1)} s; a page of 100 in ${pageMs.toFixed(1)} ms\n`,
  );
}
