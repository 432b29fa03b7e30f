import type { World } from '../world.ts';
import { createCompany } from '../books/open-company.ts';
import type { CompanyState } from '../books/company-state.ts';
import type { AuthorizationServer, AuthorizationState } from '../oauth/authorization-server.ts';
import type { ConnectedState, Merchants } from '../stripe/merchants.ts';
import type { StripeState } from '../stripe/stripe-account.ts';
import type { StripeEvent } from '../stripe/objects.ts';
import type { StripeWebhookSender, StripeWebhookSettings } from '../stripe/webhook-sender.ts';
import type { Switches } from '../switches.ts';
import type { IntuitWebhookSender } from '../webhooks/intuit-webhook-sender.ts';
import type { Settings } from '../webhooks/settings.ts';

const VERSION = 1;

/**
 * A running sandbox as a JSON document: companies with their books, connections, Stripe's account, clock,
 * switches and webhook settings. Not in it: what was asked and delivered so far, planned faults, remembered
 * request ids.
 */
export interface SandboxState {
  version: number;
  /** Milliseconds the clock is away from real time. */
  clockOffsetMs: number;
  switches: Switches;
  companies: CompanyState[];
  oauth: AuthorizationState;
  webhooks: Settings;
  stripe: StripeState & {
    connected?: ConnectedState[];
    webhooks: StripeWebhookSettings;
    events: readonly StripeEvent[];
  };
}

/** The parts of a sandbox that have a state. */
export interface StateParts {
  world: World;
  authorizationServer: AuthorizationServer;
  intuitWebhooks: IntuitWebhookSender;
  stripe: { merchants: Merchants; webhooks: StripeWebhookSender };
}

export function saveState({ world, authorizationServer, intuitWebhooks, stripe }: StateParts): SandboxState {
  const state: SandboxState = {
    version: VERSION,
    clockOffsetMs: world.clock.offsetMs,
    switches: world.switches,
    companies: [...world.companies.values()].map((company) => company.save()),
    oauth: authorizationServer.save(),
    webhooks: intuitWebhooks.settings,
    stripe: {
      ...stripe.merchants.platform.account.save(),
      connected: stripe.merchants.save(),
      webhooks: stripe.webhooks.settings,
      events: stripe.webhooks.allEvents(),
    },
  };
  return structuredClone(state);
}

/** A state that cannot be loaded: another version's, or none. */
export class StateError extends Error {
  readonly statusCode = 400;
}

/** Puts a saved state in place of everything that is there. */
export function loadState(parts: StateParts, saved: unknown): void {
  const state = structuredClone(saved) as Partial<SandboxState> | null;
  if (state?.version !== VERSION) throw new StateError(`a state of version ${VERSION} is expected`);
  const { world, authorizationServer, intuitWebhooks, stripe } = parts;
  const { companies, oauth, switches, webhooks, clockOffsetMs } = state;
  if (!companies || !oauth || !switches || !webhooks || !state.stripe || clockOffsetMs === undefined)
    throw new StateError('the state is incomplete');
  world.reset();
  world.companies.clear();
  world.clock.reset();
  world.clock.advance(clockOffsetMs);
  Object.assign(world.switches, switches);
  for (const company of companies) createCompany(world, { realmId: company.realmId, state: company });
  authorizationServer.load(oauth);
  intuitWebhooks.configure(webhooks, true);
  stripe.merchants.platform.account.load(state.stripe);
  stripe.merchants.load(state.stripe.connected ?? []);
  stripe.webhooks.load(state.stripe.webhooks, state.stripe.events);
}
