import { fillBooks } from '../fixtures/fresh-books.ts';
import type { Fixtures } from '../fixtures/sample-company.ts';
import type { Country } from '../fixtures/tax-codes.ts';
import type { World } from '../world.ts';
import type { CompanyState } from './company-state.ts';
import { Company } from './company.ts';

export interface CompanyOptions {
  /** Digits; by default the next free one. */
  realmId?: string;
  name?: string;
  /** What its tax looks like; `US` by default. */
  country?: Country;
  /** Books that were saved, in place of new ones. */
  state?: CompanyState;
  /** The sample company, or its lists and sales alone, instead of empty books with a short chart of accounts. */
  fixtures?: Fixtures;
}

/**
 * Opens a company's books and registers it in the world. A realm that is open already stays as it is and is
 * returned.
 */
export function createCompany(world: World, options: CompanyOptions = {}): Company {
  const realmId = options.realmId ?? freeRealm(world);
  const known = world.companies.get(realmId);
  if (known) return known;
  const company = new Company(world, realmId);
  if (options.state) company.load(options.state);
  else {
    const { country = 'US', fixtures = false } = options;
    const name = options.name ?? `Sandbox Company_${country}_${world.companies.size + 1}`;
    fillBooks(company, { name, country, fixtures });
  }
  world.companies.set(realmId, company);
  company.open();
  return company;
}

function freeRealm(world: World): string {
  let realm = 9_341_457_021_722_202n + BigInt(world.companies.size);
  while (world.companies.has(String(realm))) realm += 1n;
  return String(realm);
}
