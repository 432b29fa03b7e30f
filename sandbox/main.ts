import { optionsFrom } from './environment.ts';
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

const { options, problems } = optionsFrom(process.env);
if (problems.length > 0) {
  process.stderr.write(
    `The sandbox cannot start:\n${problems.map((problem) => `  - ${problem}\n`).join('')}`,
  );
  process.exit(1);
}

try {
  const sandbox = await startSandbox(options);
  process.stdout.write(whereIsWhat(sandbox.url, options));
  const stop = (): void => {
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.stderr.write(
    `The sandbox cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
}
