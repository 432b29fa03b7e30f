import type { Difference, SignInFacts } from './facts.ts';

/** What was ended is over, and nothing else. Pure. */
export function signInLaws(signIns: readonly SignInFacts[]): Difference[] {
  return signIns.flatMap(({ org, email, state, access, refresh }) => {
    if (state === 'live' && access !== 200) {
      const what = `a sign-in of ${email} that nobody ended answers ${access}`;
      return [{ law: 'a sign-in that nobody ended holds', what, org }];
    }
    if (state !== 'over') return [];
    return [access, refresh]
      .filter((status) => status !== 401)
      .map((status) => ({
        law: 'a sign-in that was ended is over',
        what: `one of ${email} answers ${status ?? 'nothing'}`,
        org,
      }));
  });
}
