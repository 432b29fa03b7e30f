import { failed, passed, type PreflightCheck } from './preflight-check.js';
import type { PreflightFacts } from './preflight-facts.js';

const ACTIVE_SUBSCRIPTIONS: ReadonlySet<string> = new Set(['PAID', 'TRIAL', 'SUBSCRIBED', 'ACTIVE']);
/** Plans by what they lack; the name of a plan is Intuit's `OfferingSku`. */
const SMALL_PLANS = /simple ?start|self.?employed|solopreneur/i;

/** Subscription, plan and what the person who connected may read. Pure. */
export function companyChecks({ reading }: PreflightFacts): PreflightCheck[] {
  const { info } = reading;
  const unread = (['preferences', 'info', 'accounts', 'taxCodes', 'terms'] as const).filter(
    (part) => reading[part] === null,
  );
  const rights =
    unread.length === 0
      ? passed('rights', 'block', 'everything that is needed can be read')
      : failed(
          'rights',
          'block',
          `QuickBooks does not let us read: ${unread.map((part) => NAMES[part]).join(', ')}`,
          'Have an administrator of the company connect again at /qbo/oauth/start.',
        );
  return info ? [rights, subscriptionCheck(info), planCheck(info)] : [rights];
}

const NAMES = {
  preferences: 'the settings',
  info: 'the company',
  accounts: 'the chart of accounts',
  taxCodes: 'the tax codes',
  terms: 'the terms',
} as const;

function subscriptionCheck({ subscription }: { subscription: string | null }): PreflightCheck {
  if (subscription === null || ACTIVE_SUBSCRIPTIONS.has(subscription.toUpperCase())) {
    return passed(
      'subscription',
      'block',
      `the subscription is ${subscription?.toLowerCase() ?? 'not named'}`,
    );
  }
  return failed(
    'subscription',
    'block',
    `the subscription is ${subscription.toLowerCase()}`,
    'Renew the QuickBooks subscription: until then nothing can be written.',
  );
}

function planCheck({ offering }: { offering: string | null }): PreflightCheck {
  if (offering === null || !SMALL_PLANS.test(offering)) {
    return passed('plan', 'info', offering ?? 'the plan is not named');
  }
  return failed(
    'plan',
    'info',
    offering,
    'This plan keeps no bills, no classes and one currency. Choose a larger one in QuickBooks where you need these.',
  );
}
