import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureBuilt } from '../scripts/built.ts';
import { readCommand, readOptions } from '../scripts/command.ts';
import { hasOthers } from './demo-database.ts';
import { ofShell } from './demo-environment.ts';
import { freshDemoFolder } from './demo-folder.ts';
import { startMailbox } from './demo-mailbox.ts';
import { startSandbox } from './sandbox.ts';

/**
 * The whole loop on one machine: this sandbox beside the CRM, with demo data and nothing to sign up for.
 * Every run starts the same story from its beginning, since the sandbox's books live in memory.
 */
readCommand('npm run demo, which goes by PORT, SANDBOX_PORT and MAILBOX_PORT', (args) =>
  readOptions(args, {}),
);
const root = join(import.meta.dirname, '..');
const port = portOf('PORT', 8089);
const sandboxPort = portOf('SANDBOX_PORT', 8090);
const mailboxPort = portOf('MAILBOX_PORT', 8091);
/** One for each port, so that a demo on other ports runs beside this one. */
const dataDir = join(process.env.CRM_DATA_DIR || join(root, '.data'), `demo-${port}`);
const crmUrl = `http://localhost:${port}`;
const clientId = 'peakpro-crm-demo';
const clientSecret = 'demo-secret';
const stripeSecret = `whsec_${secret()}`;
const verifierToken = secret();
/** Of this machine alone unless HOST says otherwise; then the well-known password would let everybody in. */
const host = process.env.HOST || '127.0.0.1';
const isOpen = !/^(127\.[\d.]+|::1|localhost)$/.test(host);
const password = process.env.SEED_ADMIN_PASSWORD || (isOpen ? secret(12) : 'password');
const readyWithinMs = 180_000;

/** The port that a variable names, in digits: `0x10` is not 16. */
function portOf(variable: string, usual: number): number {
  const text = process.env[variable] || String(usual);
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  process.stderr.write(`${variable} must be a whole number from 0 to 65535, not ${text}.\n`);
  process.exit(2);
}

/** A new secret of so many random bytes, in letters, digits, - and _. */
function secret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

function environment(sandboxUrl: string, smtpUrl: string): NodeJS.ProcessEnv {
  return {
    QBO_INVOICE_POLL_INTERVAL_MIN: '0.25',
    JWT_SECRET_KEY: secret(),
    TOKEN_ENCRYPTION_KEYS: `demo:${randomBytes(32).toString('base64')}`,
    ...ofShell(process.env),
    SMTP_URL: smtpUrl,
    HOST: host,
    SEED_ADMIN_PASSWORD: password,
    PORT: String(port),
    CRM_DATA_DIR: dataDir,
    CRM_ENABLE_SEED: 'true',
    QBO_CLIENT_ID: clientId,
    QBO_CLIENT_SECRET: clientSecret,
    QBO_REDIRECT_URI: `${crmUrl}/qbo/oauth/callback`,
    QBO_SANDBOX_MODE: 'true',
    QBO_API_BASE_URL: sandboxUrl,
    QBO_AUTHORIZE_URL: `${sandboxUrl}/connect/oauth2`,
    QBO_TOKEN_URL: `${sandboxUrl}/oauth2/v1/tokens/bearer`,
    QBO_REVOKE_URL: `${sandboxUrl}/v2/oauth2/tokens/revoke`,
    QBO_WEBHOOK_VERIFIER_TOKEN: verifierToken,
    QBO_RECORD_PAYMENTS: 'true',
    STRIPE_SECRET_KEY: 'sk_test_demo_only',
    STRIPE_WEBHOOK_SECRET: stripeSecret,
    STRIPE_API_BASE_URL: sandboxUrl,
    PORTAL_PUBLIC_URL: `${crmUrl}/portal`,
  };
}

function words(sandboxUrl: string, mailboxUrl: string): string {
  const json = `-H 'content-type: application/json'`;
  const bearer = `-H "Authorization: Bearer $TOKEN"`;
  const job = `${crmUrl}/proposals/9`;
  const post = `curl -s ${bearer} ${json}`;
  const extra = `{"description":"Skylight","lines":[{"description":"Skylight","quantity":1,"unit_price_cents":90000}]}`;
  const login = `curl -s ${crmUrl}/auth/login ${json} -d '{"email":"admin@peakpro.io","password":"${password}"}'`;
  return `
PeakPro CRM is ready.

  CRM API          ${crmUrl}/docs    (Swagger UI; sign in as admin@peakpro.io, password "${password}")
  Inbox            ${crmUrl}/inbox/page    (what waits for a person)
  QuickBooks       ${sandboxUrl}/        (the sandbox: companies, customers, invoices, Receive payment)
  Mailbox          ${mailboxUrl}/        (every e-mail that it sends)
  Metrics          ${crmUrl}/metrics
  Connect them     ${crmUrl}/qbo/oauth/start    <- open this first: sign in, choose the company, press Connect

Then walk the loop, from a proposal to a paid invoice in the books:

  TOKEN=$(${login} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s ${bearer} -X POST ${crmUrl}/portal/links/9      # open its "url": Approve, then Pay deposit, then Pay
  curl -s ${bearer} ${crmUrl}/proposals/9                 # deposit paid; moments later invoiced, and Paid
  curl -s ${bearer} ${crmUrl}/proposals/9/activity        # every step, and ${sandboxUrl}/ shows the same books
  curl -s ${bearer} -X POST ${crmUrl}/qbo/invoice/7       # or invoice proposal 7, and receive its payment there

And on to the end of the job; what is billed is paid by the same page of proposal 9, loaded anew:

  ${post} -X PUT ${job}/contract/schedule -d '{"entries":[{"kind":"progress","percent":40}]}'
  ${post} -X POST ${job}/contract/entries/2/bill                    # 40 % of the contract: pay it on the page
  ${post} ${job}/change-orders -d '${extra}'
  ${post} ${job}/change-orders/1/approve -d '{"reason":"Agreed by telephone"}'
  ${post} ${job}/complete -d '{"completed_on":"'$(date +%F)'"}'
  ${post} -X POST ${job}/contract/entries/3/bill                    # the rest, less the deposit: pay it too
  curl -s ${bearer} ${job}/contract                       # all billed; the page says "Paid in full"

Ctrl-C stops everything. The next run starts the story anew.
`;
}

async function isTaken(candidate: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port: candidate, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function untilReady(crm: ChildProcess): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    if (crm.exitCode !== null) throw new Error('The CRM did not start; its messages stand above.');
    if (Date.now() > deadline) throw new Error(`The CRM was not ready within ${readyWithinMs / 1000} s.`);
    const ready = await fetch(`${crmUrl}/health/ready`).catch(() => null);
    if (ready?.ok) return;
    await pause(100);
  }
}

/** Something that stands beside the CRM in this process. */
interface Stand {
  close(): Promise<void>;
}

/** Waits for the child's own clean end; it drains and stops its database. */
async function stop(crm: ChildProcess | undefined, others: readonly Stand[]): Promise<void> {
  if (crm && crm.exitCode === null && crm.signalCode === null) {
    const ended = new Promise((resolve) => {
      crm.once('exit', resolve);
    });
    crm.kill('SIGTERM');
    await ended;
  }
  await Promise.all(others.map((other) => other.close()));
}

/** npm hands a SIGTERM to the shell between it and us, which ends of it and tells us nothing. */
function whenNpmEnds(ended: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) ended();
  }, 250).unref();
}

async function assertPortsAreFree(): Promise<void> {
  const ports = [port, sandboxPort];
  const taken = await Promise.all(ports.map(isTaken));
  const names = ports.filter((_, index) => taken[index]);
  if (names.length === 0) return;
  const taking = names.length === 1 ? `Port ${names[0]} is` : `Ports ${names.join(' and ')} are`;
  throw new Error(`${taking} in use. Stop what uses them, or set PORT and SANDBOX_PORT.`);
}

async function assertDatabaseIsOfDemo(url: string): Promise<void> {
  const others = await hasOthers(url).catch((error: unknown) => {
    throw new Error('DATABASE_URL names a database that cannot be asked for its organisations.', {
      cause: error,
    });
  });
  if (!others) return;
  throw new Error(
    'DATABASE_URL names a database with other organisations than that of a demo. Leave it out, or name an empty one.',
  );
}

async function demo(): Promise<void> {
  let crm: ChildProcess | undefined;
  const others: Stand[] = [];
  const ending = new AbortController();
  const leave = (code: number): void => {
    if (ending.signal.aborted) return;
    ending.abort();
    void stop(crm, others).then(() => process.exit(code));
  };
  // Before anything is started, so that whatever is running then is stopped.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => leave(0));
  whenNpmEnds(() => leave(0));
  try {
    await assertPortsAreFree();
    if (process.env.DATABASE_URL) await assertDatabaseIsOfDemo(process.env.DATABASE_URL);
    await ensureBuilt(root, ending.signal);
    if (!process.env.DATABASE_URL) await freshDemoFolder(dataDir);
    const mailbox = await startMailbox(mailboxPort);
    others.push(mailbox);
    const sandbox = await startSandbox({
      port: sandboxPort,
      clientId,
      clientSecret,
      companies: [{ realmId: '9341457021722202', name: 'Sandbox Company_US_1', fixtures: 'sales' }],
      limits: true,
      webhooks: { url: `${crmUrl}/qbo/webhooks`, verifierToken, format: 'cloudevents' },
      stripe: { webhookUrl: `${crmUrl}/payments/webhook`, webhookSecret: stripeSecret },
    });
    others.push(sandbox);
    if (ending.signal.aborted) return await stop(undefined, others);
    const sandboxUrl = `http://localhost:${sandboxPort}`;
    crm = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist/src/main.js')], {
      env: environment(sandboxUrl, mailbox.smtpUrl),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    crm.once('exit', (code) => leave(code ?? 1));
    await untilReady(crm);
    process.stdout.write(words(sandboxUrl, mailbox.url));
  } catch (error) {
    if (ending.signal.aborted) return;
    process.stderr.write(`${(error as Error).message}\n`);
    leave(1);
  }
}

await demo();
