import type { SandboxOptions } from './sandbox.ts';
import { defaultStripeSecret } from './stripe/webhook-sender.ts';
import { defaultVerifierToken } from './webhooks/settings.ts';

const defaultPort = 8090;

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value);
}

/**
 * What the environment asks for, or every reason why it cannot be had. An empty variable counts as unset.
 * Pure.
 */
export function optionsFrom(environment: Readonly<Record<string, string | undefined>>): {
  options: SandboxOptions;
  problems: string[];
} {
  const problems: string[] = [];
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined;

  const port = Number(read('SANDBOX_PORT') ?? defaultPort);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push('SANDBOX_PORT must be a whole number from 0 to 65535');

  const redirectUris = (read('SANDBOX_REDIRECT_URIS') ?? '').split(/[\s,]+/).filter(Boolean);
  for (const uri of redirectUris)
    if (!isHttpUrl(uri))
      problems.push(`SANDBOX_REDIRECT_URIS holds ${uri}, which is not an http or https address`);

  const webhookUrl = read('SANDBOX_WEBHOOK_URL');
  if (webhookUrl !== undefined && !isHttpUrl(webhookUrl))
    problems.push('SANDBOX_WEBHOOK_URL must be an http or https address');

  const format = read('SANDBOX_WEBHOOK_FORMAT') ?? 'cloudevents';
  if (format !== 'cloudevents' && format !== 'legacy')
    problems.push('SANDBOX_WEBHOOK_FORMAT must be cloudevents or legacy');

  const stripeUrl = read('SANDBOX_STRIPE_WEBHOOK_URL');
  if (stripeUrl !== undefined && !isHttpUrl(stripeUrl))
    problems.push('SANDBOX_STRIPE_WEBHOOK_URL must be an http or https address');

  return {
    options: {
      port,
      host: read('SANDBOX_HOST') ?? '127.0.0.1',
      clientId: read('SANDBOX_CLIENT_ID') ?? 'sandbox-client',
      clientSecret: read('SANDBOX_CLIENT_SECRET') ?? 'sandbox-secret',
      redirectUris,
      ...(webhookUrl !== undefined && {
        webhooks: {
          url: webhookUrl,
          verifierToken: read('SANDBOX_WEBHOOK_VERIFIER_TOKEN') ?? defaultVerifierToken,
          format: format === 'legacy' ? 'legacy' : 'cloudevents',
        },
      }),
      ...(stripeUrl !== undefined && {
        stripe: {
          webhookUrl: stripeUrl,
          webhookSecret: read('SANDBOX_STRIPE_WEBHOOK_SECRET') ?? defaultStripeSecret,
        },
      }),
    },
    problems,
  };
}
