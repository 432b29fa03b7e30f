import { parseArgs } from 'node:util';
import type { SandboxOptions } from './sandbox.ts';
import { type Switches, defaultSwitches, switchProblems } from './switches.ts';
import { defaultStripeSecret } from './stripe/webhook-sender.ts';
import { defaultVerifierToken } from './webhooks/settings.ts';

const defaultPort = 8090;

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Options of the command line, each with the variable it stands for. */
const FLAGS = {
  port: 'SANDBOX_PORT',
  host: 'SANDBOX_HOST',
  seed: 'SANDBOX_SEED',
  state: 'SANDBOX_STATE',
  limits: 'SANDBOX_LIMITS',
  switches: 'SANDBOX_SWITCHES',
  'tls-key': 'SANDBOX_TLS_KEY',
  'tls-cert': 'SANDBOX_TLS_CERT',
  tls: 'SANDBOX_TLS',
} as const;

export const USAGE = `Options: ${Object.keys(FLAGS)
  .map((flag) => `--${flag} <value>`)
  .join(', ')}, --help. Each has a variable: see the README.`;

/** The environment with what the command line says laid over it. Throws on an option there is not. Pure. */
export function withArguments(
  environment: Environment,
  args: readonly string[],
): Environment & { help?: string } {
  const flags = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...args], options: { ...flags, help: { type: 'boolean' } } });
  const given = Object.entries(FLAGS).flatMap(([flag, variable]) => {
    const value: unknown = (values as Record<string, unknown>)[flag];
    return typeof value === 'string' ? [[variable, value] as const] : [];
  });
  return { ...environment, ...Object.fromEntries(given), ...(values.help === true ? { help: USAGE } : {}) };
}

/** Files the sandbox begins with or writes. */
export interface FileOptions {
  seed?: string;
  state?: string;
  tlsKey?: string;
  tlsCert?: string;
}

function filesFrom(read: (name: string) => string | undefined, problems: string[]): FileOptions {
  const files = {
    seed: read('SANDBOX_SEED'),
    state: read('SANDBOX_STATE'),
    tlsKey: read('SANDBOX_TLS_KEY'),
    tlsCert: read('SANDBOX_TLS_CERT'),
  };
  if ((files.tlsKey === undefined) !== (files.tlsCert === undefined))
    problems.push('SANDBOX_TLS_KEY and SANDBOX_TLS_CERT are given together');
  return Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
}

function switchesFrom(text: string | undefined, problems: string[]): Partial<Switches> | undefined {
  if (text === undefined) return undefined;
  try {
    const switches = JSON.parse(text) as Record<string, unknown>;
    problems.push(...switchProblems(switches).map((problem) => `SANDBOX_SWITCHES: ${problem}`));
    return switches;
  } catch {
    problems.push('SANDBOX_SWITCHES must be a JSON object of switches');
    return undefined;
  }
}

/** The variable of a switch: `SANDBOX_REQUESTS_PER_MINUTE` for `requestsPerMinute`. */
export function variableOfSwitch(name: string): string {
  return `SANDBOX_${name.replaceAll(/[A-Z]|\d+/g, (part) => `_${part}`).toUpperCase()}`;
}

/** Switches with a variable of their own; text stands as it is, anything else is read as JSON. */
function switchVariables(
  read: (name: string) => string | undefined,
  problems: string[],
): Record<string, unknown> {
  const given = Object.entries(defaultSwitches()).flatMap(([name, standard]) => {
    const text = name === 'limits' ? undefined : read(variableOfSwitch(name));
    if (text === undefined) return [];
    const value = typeof standard === 'string' ? text : jsonOr(text);
    problems.push(
      ...switchProblems({ [name]: value }).map((problem) => `${variableOfSwitch(name)}: ${problem}`),
    );
    return [[name, value] as const];
  });
  return Object.fromEntries(given);
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * What the environment asks for, or every reason why it cannot be had. An empty variable counts as unset.
 * Pure.
 */
export function optionsFrom(environment: Environment): {
  options: SandboxOptions;
  files: FileOptions;
  problems: string[];
} {
  const problems: string[] = [];
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined;

  const digits = read('SANDBOX_PORT') ?? String(defaultPort);
  const port = Number(digits);
  if (!/^\d{1,5}$/.test(digits) || port > 65_535)
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

  const limits = read('SANDBOX_LIMITS');
  if (limits !== undefined && limits !== 'true' && limits !== 'false')
    problems.push('SANDBOX_LIMITS must be true or false');
  const tls = read('SANDBOX_TLS');
  if (tls !== undefined && tls !== 'true' && tls !== 'false')
    problems.push('SANDBOX_TLS must be true or false');
  const switches = {
    ...switchesFrom(read('SANDBOX_SWITCHES'), problems),
    ...switchVariables(read, problems),
  };
  const files = filesFrom(read, problems);

  return {
    files,
    options: {
      port,
      host: read('SANDBOX_HOST') ?? '127.0.0.1',
      clientId: read('SANDBOX_CLIENT_ID') ?? 'sandbox-client',
      clientSecret: read('SANDBOX_CLIENT_SECRET') ?? 'sandbox-secret',
      redirectUris,
      ...(limits === undefined ? {} : { limits: limits === 'true' }),
      ...(tls === 'true' ? { tls: 'self-signed' as const } : {}),
      ...(Object.keys(switches).length === 0 ? {} : { switches }),
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
