#!/usr/bin/env node
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type FileOptions, optionsFrom, USAGE, withArguments } from './environment.ts';
import { nodeProblem } from './node-version.ts';
import { type SandboxOptions, startSandbox } from './sandbox.ts';

function whereIsWhat(url: string, { clientId, clientSecret, webhooks, stripe }: SandboxOptions): string {
  const notified = [webhooks ?? []].flat().map((endpoint) => endpoint.url);
  return `
QuickBooks Online sandbox

  page            ${url}/
  authorize       ${url}/connect/oauth2
  token           ${url}/oauth2/v1/tokens/bearer
  revoke          ${url}/v2/oauth2/tokens/revoke
  discovery       ${url}/.well-known/openid_sandbox_configuration/
  API             ${url}/v3/company/{realmId}/…
  control         ${url}/sandbox/…
  Stripe API      ${url}/v1/… (any sk_test_ key)

  client id       ${clientId}
  client secret   ${clientSecret}
  webhooks to     ${notified.join(', ') || `none (set SANDBOX_WEBHOOK_URL, or PUT ${url}/sandbox/webhooks)`}
  Stripe’s to     ${stripe?.webhookUrl ?? `none (set SANDBOX_STRIPE_WEBHOOK_URL, or PUT ${url}/sandbox/stripe)`}

`;
}

function json(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What the files say; a state that is not there yet begins anew. */
function readFiles({ seed, state, tlsKey, tlsCert }: FileOptions): SandboxOptions {
  return {
    ...(seed === undefined ? {} : { seed: json(seed) }),
    ...(state === undefined || !existsSync(state) ? {} : { state: json(state) }),
    ...(tlsKey === undefined || tlsCert === undefined
      ? {}
      : { tls: { key: readFileSync(tlsKey, 'utf8'), cert: readFileSync(tlsCert, 'utf8') } }),
  };
}

function fail(reasons: readonly string[]): never {
  process.stderr.write(`The sandbox cannot start:\n${reasons.map((reason) => `  - ${reason}\n`).join('')}`);
  process.exit(1);
}

function environment(): ReturnType<typeof withArguments> {
  try {
    return withArguments(process.env, process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}

const tooOld = nodeProblem(process.versions.node);
if (tooOld !== null) fail([tooOld]);
const wanted = environment();
if (wanted.help !== undefined) {
  process.stdout.write(`${wanted.help}\n`);
  process.exit(0);
}
const { options, files, problems } = optionsFrom(wanted);
if (problems.length > 0) fail(problems);

try {
  const sandbox = await startSandbox({ ...options, ...readFiles(files) });
  process.stdout.write(whereIsWhat(sandbox.url, options));
  const stop = (): void => {
    if (files.state !== undefined) writeFileSync(files.state, JSON.stringify(sandbox.save()));
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  fail([error instanceof Error ? error.message : String(error)]);
}
