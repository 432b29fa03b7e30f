import type { FastifyInstance } from 'fastify';
import { findEntity } from '../books/catalog.ts';
import type { Company } from '../books/company.ts';
import { createCompany } from '../books/open-company.ts';
import { render } from '../books/render.ts';
import { COUNTRIES } from '../fixtures/tax-codes.ts';
import { BadField, Fields } from '../fields.ts';
import type { World } from '../world.ts';
import { NotHere, companyOf } from './company-of.ts';

function companyView(company: Company): object {
  return {
    realm_id: company.realmId,
    name: company.name,
    subscription: company.subscription,
    customers: company.store.all('Customer').length,
    invoices: company.store.all('Invoice').length,
  };
}

/** Serves the companies: open, list, reset, and the truth about what is in their books. */
export function registerCompanies(app: FastifyInstance, world: World): void {
  app.get('/sandbox/companies', async () => [...world.companies.values()].map(companyView));

  app.post('/sandbox/companies', async (request) => {
    const fields = new Fields(request.body);
    const name = fields.optionalText('name');
    const realmId = fields.optionalText('realm_id');
    if (realmId !== undefined && !/^\d{1,20}$/.test(realmId)) throw new BadField('realm_id must be digits');
    if (realmId !== undefined && world.companies.has(realmId))
      throw new BadField(`company ${realmId} is open already`);
    const company = createCompany(world, {
      fixtures: fields.raw('fixtures') === 'sales' ? 'sales' : (fields.optionalFlag('fixtures') ?? false),
      country: fields.optionalChoice('country', COUNTRIES) ?? 'US',
      ...(name === undefined ? {} : { name }),
      ...(realmId === undefined ? {} : { realmId }),
    });
    return companyView(company);
  });

  app.post('/sandbox/reset', async () => {
    world.reset();
    return { companies: [...world.companies.values()].map(companyView) };
  });

  app.get('/sandbox/companies/:realm/records/:entity', async (request) => {
    const company = companyOf(world, request.params);
    const { entity: name } = request.params as { entity: string };
    const entity = findEntity(name);
    if (!entity) throw new NotHere(`there is no entity ${name}`);
    return [...company.store.rows(entity.name)].map(({ body, deletedAt }) =>
      deletedAt === null ? render(company.store, entity.name, body) : { ...body, status: 'Deleted' },
    );
  });

  app.post('/sandbox/companies/:realm/subscription', async (request) => {
    const company = companyOf(world, request.params);
    company.subscription = new Fields(request.body).choice('status', ['active', 'ended']);
    return companyView(company);
  });

  app.delete('/sandbox/companies/:realm/request-ids', async (request) => {
    world.requestIds.forget(companyOf(world, request.params).realmId);
    return {};
  });
}
