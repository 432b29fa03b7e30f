import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

describe('Customers who were erased before they had a name to be shown by', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, 'NamesOfTheErased1793145600087');
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`
      insert into customers (id, org_id, email, full_name, is_active, erased_at, qbo_customer_id, qbo_profile)
      values (11, 1, 'erased-11@erased.invalid', null, false, now(), '5', '{"displayName": "Bob Miller"}'),
             (12, 1, 'ann@example.com', null, true, null, '6', '{"displayName": "Ann Ruiz"}')`);
    await database.query(`
      insert into inbox_items (id, org_id, subject, code, reason, next_step, customer_id, created_at, updated_at)
      select id, 1, 'customer.match:' || id, 'customer_match', 'It may be Bob Miller.', 'Decide.', id, now(), now()
        from customers`);
    await database.query(`
      insert into inbox_events (org_id, item_id, event, at, reason)
      select 1, id, 'opened', now(), reason from inbox_items`);
    await migrate(database.ownerUrl);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('have one, and nobody else is called anything else', async () => {
    const names = await database.query('select id, full_name as name from customers order by id');
    expect(names).toEqual([
      { id: 11, name: 'Erased customer 11' },
      { id: 12, name: null },
    ]);
  });

  it('are asked about no more, and nothing of their record in QuickBooks is kept', async () => {
    const known = await database.query(`
      select c.id, c.qbo_profile ->> 'displayName' as known, i.state, i.reason,
             array_agg(e.event || ': ' || coalesce(e.reason, '') order by e.id) as history
        from customers c
        join inbox_items i on i.customer_id = c.id
        join inbox_events e on e.item_id = i.id
       group by c.org_id, c.id, i.org_id, i.id order by c.id`);
    const nothing = 'About the record in QuickBooks of the customer, who was erased.';
    const asked = 'It may be Bob Miller.';
    expect(known).toEqual([
      {
        id: 11,
        known: null,
        state: 'resolved',
        reason: nothing,
        history: [`opened: ${nothing}`, 'resolved: '],
      },
      { id: 12, known: 'Ann Ruiz', state: 'open', reason: asked, history: [`opened: ${asked}`] },
    ]);
  });
});
