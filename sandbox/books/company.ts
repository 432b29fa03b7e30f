import type { World } from '../world.ts';

/** One company's books. */
export class Company {
  readonly realmId: string;
  readonly world: World;
  name: string;

  constructor(world: World, realmId: string, name: string) {
    this.world = world;
    this.realmId = realmId;
    this.name = name;
  }
}

export interface CompanyOptions {
  realmId?: string;
  name?: string;
  /** Fill the books with a small trading company. */
  fixtures?: boolean;
}

/** Opens a company's books and registers it in the world. */
export function createCompany(world: World, options: CompanyOptions = {}): Company {
  const realmId = options.realmId ?? `93414570217${String(22_202 + world.companies.size)}`;
  const company = new Company(world, realmId, options.name ?? 'Sandbox Company_US_1');
  world.companies.set(realmId, company);
  return company;
}
