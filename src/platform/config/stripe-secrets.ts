import type { Environment } from './environment.js';

/** What else Stripe shows on the same pages, by how it begins. */
const OTHER_THAN_KEY = /^(?:pk|ek|whsec|we|acct)_/;
const OTHER_THAN_SIGNING_SECRET = /^(?:sk|rk|pk|we|acct)_/;

/**
 * What was copied from the wrong place: nothing could be paid by it, or every webhook would be refused. Pure; holds no
 * secret.
 */
export function stripeProblems(
  env: Pick<Environment, 'STRIPE_SECRET_KEY' | 'STRIPE_WEBHOOK_SECRET'>,
): string[] {
  const problems: string[] = [];
  if (OTHER_THAN_KEY.test(env.STRIPE_SECRET_KEY)) {
    problems.push(
      'STRIPE_SECRET_KEY is no secret key: take the one that begins with sk_ (or rk_), of API keys in the dashboard',
    );
  }
  if (env.STRIPE_WEBHOOK_SECRET.split(',').some((one) => OTHER_THAN_SIGNING_SECRET.test(one.trim()))) {
    problems.push(
      'STRIPE_WEBHOOK_SECRET is no signing secret: take the one that begins with whsec_, of the webhook’s endpoint',
    );
  }
  return problems;
}
