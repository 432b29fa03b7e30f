import type { Contractor } from './contractor.ts';
import type { SignInFacts } from './facts.ts';

/** Asks with every token that people of the office had; one that was stolen or withdrawn is asked with too. */
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
    found.push({ org: contractor.orgId, email, state, access, refresh });
  }
  return found;
}
