import { createCompany } from '../books/open-company.ts';
import { findEntity } from '../books/catalog.ts';
import { type Body, isBody, textOf } from '../books/json.ts';
import { writeRecord } from '../books/write-record.ts';
import type { World } from '../world.ts';
import type { Fixtures } from '../fixtures/sample-company.ts';
import { COUNTRIES, type Country } from '../fixtures/tax-codes.ts';
import { StateError } from './state.ts';

/**
 * One record to create: an entity's name and its body. `as` names its Id for later records, which write it as
 * `"$name"`.
 */
export interface SeedRecord {
  entity: string;
  body: Body;
  as?: string;
}

/** A company to open, with the records it begins with. */
export interface SeedCompany {
  realm_id: string;
  name?: string;
  country?: Country;
  fixtures?: Fixtures;
  records?: SeedRecord[];
}

export interface Seed {
  companies: SeedCompany[];
}

function resolved(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string' && value.startsWith('$')) {
    const id = ids.get(value.slice(1));
    if (id === undefined) throw new StateError(`${value} names no record before it`);
    return id;
  }
  if (Array.isArray(value)) return value.map((one) => resolved(one, ids));
  if (!isBody(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolved(one, ids)]));
}

function checked(seed: unknown): Seed {
  const companies = (seed as Partial<Seed> | null)?.companies;
  if (!Array.isArray(companies)) throw new StateError('a seed has a list of companies');
  for (const { realm_id: realm, country } of companies) {
    if (!/^\d{1,20}$/.test(realm)) throw new StateError('the realm_id of a seeded company is digits');
    if (country !== undefined && !COUNTRIES.includes(country))
      throw new StateError(`there is no country ${country}`);
  }
  return { companies };
}

/** Opens the companies of a seed and creates their records in order. Throws with the record that is refused. */
export function plantSeed(world: World, seed: unknown): void {
  for (const { realm_id: realmId, records = [], ...options } of checked(seed).companies) {
    const company = createCompany(world, { realmId, ...options });
    const ids = new Map<string, string>();
    for (const [index, { entity: name, body, as }] of records.entries()) {
      const entity = findEntity(name);
      if (!entity) throw new StateError(`record ${index + 1}: there is no entity ${name}`);
      try {
        const made = writeRecord(company, 'create', entity.name, resolved(body, ids) as Body, {
          byHand: true,
        });
        if (as !== undefined) ids.set(as, textOf(made, 'Id')!);
      } catch (error) {
        throw new StateError(`record ${index + 1} (${name}): ${(error as Error).message}`);
      }
    }
  }
}
