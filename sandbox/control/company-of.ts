import type { Company } from '../books/company.ts';
import type { World } from '../world.ts';

/** A control request about a company or record that does not exist; answered with 404. */
export class NotHere extends Error {
  readonly statusCode = 404;
}

/** The company named in the path. */
export function companyOf(world: World, params: unknown): Company {
  const { realm } = params as { realm: string };
  const company = world.companies.get(realm);
  if (!company) throw new NotHere(`there is no company ${realm}`);
  return company;
}
