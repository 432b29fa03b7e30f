import type { Contractor } from './contractor.ts';
import type { SignInFacts } from './facts.ts';

/**
 * Asks with every token that people of the office had. One that is good though its sign-in was ended is noted for good:
 * the next look would present a used token, which ends the sign-in, and find nothing.
 */
export async function readSignIns(contractor: Contractor): Promise<SignInFacts[]> {
  const all = [...contractor.staff, ...contractor.formerStaff].flatMap(({ email, signIns }) =>
    signIns.map((signIn) => ({ email, ...signIn })),
  );
  const found: SignInFacts[] = [];
  for (const { email, state, accessToken, refreshToken } of all) {
    const { status: access } = await contractor.askAs(accessToken, 'GET', '/auth/me');
    // Exchanged only where it is to be refused: a good one would be used up by the question.
    const refresh =
      state === 'over'
        ? (await contractor.askAs('', 'POST', '/auth/refresh', { refresh_token: refreshToken })).status
        : null;
    if (state === 'over' && (access === 200 || refresh === 200))
      contractor.breach(
        'a sign-in that was ended is over',
        `one of ${email} answers ${access} and ${refresh}`,
      );
    found.push({ org: contractor.orgId, email, state, access, refresh });
  }
  return found;
}
