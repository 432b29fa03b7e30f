import formbody from '@fastify/formbody';
import fastify, { type FastifyInstance, type InjectOptions, type LightMyRequestResponse } from 'fastify';
import { createCompany } from './books/open-company.ts';
import { registerControl } from './control/control.ts';
import { registerV3 } from './http/v3.ts';
import { AuthorizationServer } from './oauth/authorization-server.ts';
import { useJsonControlScope } from './control/json-scope.ts';
import { registerOauth } from './oauth/oauth.ts';
import type { Route } from './pages/control-page.ts';
import type { Fixtures } from './fixtures/sample-company.ts';
import { registerPages } from './pages/pages.ts';
import { plantSeed } from './state/seed.ts';
import { type SandboxState, loadState, saveState } from './state/state.ts';
import { registerState } from './state/state-routes.ts';
import { type StripeOptions, registerStripe } from './stripe/stripe.ts';
import { IntuitWebhookSender } from './webhooks/intuit-webhook-sender.ts';
import type { Endpoint } from './webhooks/notification.ts';
import { defaultSettings } from './webhooks/settings.ts';
import { registerWebhooks } from './webhooks/webhook-routes.ts';
import { type Certificate, selfSigned } from './tls/self-signed.ts';
import type { Switches } from './switches.ts';
import { World } from './world.ts';

export interface SandboxOptions {
  /** 0 takes a free port. */
  port?: number;
  host?: string;
  clientId?: string;
  clientSecret?: string;
  /** Compared byte for byte; none accepts any. */
  redirectUris?: readonly string[];
  companies?: readonly { realmId: string; name: string; fixtures: Fixtures }[];
  webhooks?: Endpoint | readonly Endpoint[];
  /** Where Stripe's events go, and the secret they are signed with. */
  stripe?: StripeOptions;
  /** Whether the API's rate limits are in force; they are not by default. */
  limits?: boolean;
  logger?: boolean;
  /** Switches that differ from their defaults. */
  switches?: Partial<Switches>;
  /** PEM of a key and its certificate, or a certificate made at the start: then it listens by https. */
  tls?: Certificate | 'self-signed';
  /** Companies to open with records of their own, see `state/seed.ts`. */
  seed?: unknown;
  /** A state that was saved: it takes the place of everything else. */
  state?: unknown;
}

/** A running sandbox. `close` cuts open connections and returns at once. */
export interface Sandbox {
  url: string;
  world: World;
  /** PEM of what it listens by https with: what a client has to trust. */
  certificate?: string;
  /** Answers a request in this process, without a socket. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** Everything as JSON, to start again from. */
  save(): SandboxState;
  close(): Promise<void>;
}

/** How often real time, which passes without the clock being moved, is looked at for recurring transactions. */
const SCHEDULES_MS = 60_000;

const defaultCompanies = [{ realmId: '9341457021722202', name: 'Sandbox Company_US_1', fixtures: true }];

/** Registers Stripe in a scope of its own and returns what it is made of. */
async function registerStripeIn(
  app: FastifyInstance,
  world: World,
  options: StripeOptions | undefined,
): ReturnType<typeof registerStripe> {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof registerStripe>>>();
  await app.register(async (scope) => resolve(await registerStripe(scope, world, options)));
  return promise;
}

/**
 * Starts a QuickBooks Online stand-in of its own: nothing is shared with any other in the process, nothing
 * outlives it.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const world = new World({
    ...options.switches,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const openCompanies = (): void => {
    for (const company of options.companies ?? defaultCompanies) createCompany(world, company);
  };
  openCompanies();

  const clientId = options.clientId ?? 'sandbox-client';
  const authorizationServer = new AuthorizationServer(world, [
    {
      id: clientId,
      secret: options.clientSecret ?? 'sandbox-secret',
      name: clientId,
      redirectUris: options.redirectUris ?? [],
    },
  ]);
  const endpoints = [options.webhooks ?? []].flat();
  const intuitWebhooks = new IntuitWebhookSender(
    world,
    (realmId) => authorizationServer.isConnected(realmId),
    {
      ...defaultSettings(),
      endpoints,
    },
  );

  const tls = options.tls === 'self-signed' ? selfSigned(new Date()) : options.tls;
  const app = fastify({
    logger: options.logger ?? false,
    ...(tls ? { https: tls } : {}),
    forceCloseConnections: true,
    bodyLimit: 4 * 1024 * 1024,
    // Intuit's own samples write `//v3/company/…`, which leads to the same place there.
    routerOptions: { maxParamLength: 500, ignoreDuplicateSlashes: true },
  });
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url: path }) => {
    const methods = [method].flat();
    routes.push({ method: methods.length > 2 ? 'any' : methods.join(', '), path });
  });
  const stripe = await registerStripeIn(app, world, options.stripe);
  await app.register(async (scope) => {
    await scope.register(formbody);
    registerOauth(scope, world, authorizationServer);
    await scope.register(async (control) => {
      useJsonControlScope(control);
      registerWebhooks(control, intuitWebhooks);
    });
    await scope.register(async (pages) =>
      registerPages(pages, {
        world,
        authorizationServer,
        intuitWebhooks,
        merchants: stripe.merchants,
        routes,
      }),
    );
  });
  await app.register(async (scope) => {
    registerControl(scope, world);
  });
  await app.register(async (scope) => {
    registerV3(scope, world, authorizationServer);
  });
  const parts = { world, authorizationServer, intuitWebhooks, stripe };
  await app.register(async (scope) => {
    useJsonControlScope(scope);
    registerState(scope, parts);
    if (tls)
      scope.get('/sandbox/certificate', async (_request, reply) =>
        reply.type('application/x-pem-file').send(tls.cert),
      );
  });
  const schedules = setInterval(() => world.runSchedules(), SCHEDULES_MS).unref();
  app.addHook('onClose', async () => {
    clearInterval(schedules);
    intuitWebhooks.close();
  });
  // Last of all, when everything of the old world is forgotten.
  world.changes.on('reset', openCompanies);

  const url = await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
  if (options.seed !== undefined) plantSeed(world, options.seed);
  if (options.state !== undefined) loadState(parts, options.state);
  return {
    url,
    world,
    ...(tls ? { certificate: tls.cert } : {}),
    inject: async (request) => app.inject(request),
    save: () => saveState(parts),
    close: () => app.close(),
  };
}
