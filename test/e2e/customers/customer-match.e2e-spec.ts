import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LeasesService } from '../../../src/jobs/leases/leases.service.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { CustomerMirrorService } from '../../../src/qbo-sync/pull/customers/customer-mirror.service.js';
import { CustomerBackfillService } from '../../../src/qbo-sync/push/customers/backfill/customer-backfill.service.js';
import { CustomerMatcherService } from '../../../src/qbo-sync/push/customers/match/customer-matcher.service.js';
import { DEMO_CUSTOMERS } from '../../../src/seed/demo-data.js';
import { finished, requestBatch } from '../../support/batches.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  type Books,
  type Contractor,
  idle,
  openBooks,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { metric } from '../../support/metrics.js';
import { addPerson } from '../../support/people.js';

/** Customers of ours who are in QuickBooks already. Every company here has Amy's Bird Sanctuary and 32 others. */
describe('Before a customer is made', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const sync = async (customerId: number) =>
    (await contractor.admin.post(`/qbo/sync/customer/${customerId}`)).body;
  const inQbo = () => books.control.records(contractor.realmId, 'Customer');
  const knownAs = async (name: string) => (await inQbo()).find(({ DisplayName }) => DisplayName === name)!;
  const questions = () => openItems(contractor.admin, 'customer_match');
  const match = async (customerId: number) =>
    (await contractor.admin.get(`/customers/${customerId}/match`)).body;
  const decide = (customerId: number, body: object) =>
    contractor.admin.post(`/customers/${customerId}/match`, body);
  const counted = (result: string) =>
    metric(books.app, 'crm_qbo_customer_sync_total', { org_id: contractor.orgId, result });
  const amy = () => aCustomer(contractor, { full_name: 'Amy Lauterbach', email: 'amy.l@customers.example' });
  /** Our Amy, who has the e-mail of Amy's Bird Sanctuary and no other name than its owner's first. */
  const amyByEmail = () => aCustomer(contractor, { full_name: 'Amy L.', email: 'amy@customers.example' });

  it('nobody is asked about one that nobody there is like', async () => {
    const id = await aCustomer(contractor);
    expect(await match(id)).toEqual({ state: 'unmatched', candidates: [] });
    expect(await sync(id)).toEqual({
      ok: true,
      customer_id: id,
      qbo_customer_id: expect.any(String) as string,
    });
    expect(await questions()).toEqual([]);
    expect((await match(id)).state).toBe('linked');
  });

  it('nobody of the demo is like anybody there', async () => {
    const company = await books.app.app.get(ConnectionService).requireCompany(contractor.orgId);
    const people = DEMO_CUSTOMERS.map((one) => ({ ...one }));
    const found = await books.app.app.get(CustomerMatcherService).candidates(company, people);
    expect([...found.values()].flat()).toEqual([]);
  });

  it('one with the same name and e-mail is linked, and the answer says so', async () => {
    const geeta = await knownAs('Geeta Kalapatapu');
    const id = await aCustomer(contractor, {
      full_name: 'Kalapatapu, Geeta',
      email: 'GEETA@customers.example',
    });
    expect(await sync(id)).toEqual({ ok: true, customer_id: id, qbo_customer_id: geeta.Id, adopted: true });
    expect(await inQbo()).toHaveLength(33);
    expect(await knownAs('Geeta Kalapatapu')).toMatchObject({ SyncToken: geeta.SyncToken });
    expect(await counted('updated')).toBe(1);
  });

  it.each([
    { what: 'its name', taken: false },
    { what: 'a name of its own where another has that', taken: true },
  ])('one that is inactive there is made active again, by $what', async ({ taken }) => {
    const { realmId } = contractor;
    const ina = { full_name: 'Ina Alves', email: 'ina@customers.example' };
    const fields = { PrimaryEmailAddr: { Address: ina.email } };
    const { Id } = await books.control.createCustomer(realmId, ina.full_name, fields);
    await books.control.inactivateCustomer(realmId, Id);
    if (taken) await books.control.createVendor(realmId, ina.full_name);
    const id = await aCustomer(contractor, ina);

    expect(await sync(id)).toMatchObject({ ok: true, qbo_customer_id: Id });
    const name = taken ? `Ina Alves (CRM-${id})` : 'Ina Alves';
    expect(await knownAs(name)).toMatchObject({ Id, Active: true });
    expect(await sync(id)).toMatchObject({ ok: true, qbo_customer_id: Id });
    expect(await knownAs(name)).toMatchObject({ Id, Active: true });
  });

  it('nothing is kept from another organisation by a link that was made by hand', async () => {
    const geeta = await knownAs('Geeta Kalapatapu');
    const neighbour = await aContractor(books, 'Neighbour Roofing');
    const theirs = await aCustomer(neighbour, { full_name: 'Nobody Else', email: 'nobody@else.example' });
    await books.database.query(
      'update customers set qbo_customer_id = $2, qbo_realm_id = null where id = $1',
      [theirs, geeta.Id],
    );
    const id = await aCustomer(contractor, {
      full_name: 'Kalapatapu, Geeta',
      email: 'geeta@customers.example',
    });
    expect(await sync(id)).toMatchObject({ ok: true, qbo_customer_id: geeta.Id, adopted: true });
    expect(await inQbo()).toHaveLength(33);
  });

  it.each([
    {
      like: 'the same e-mail',
      facts: { full_name: 'Amy L.', email: 'amy@customers.example' },
      evidence: ['email'],
    },
    {
      like: 'the same name',
      facts: { full_name: 'Dylan Sollfrank', email: 'private@example.com' },
      evidence: ['name'],
    },
    {
      like: 'the same phone',
      facts: { full_name: 'J. Chin', email: 'jc@example.com', phone: '650-555-3311' },
      evidence: ['phone'],
    },
  ])('a person is asked about one with $like', async ({ facts, evidence }) => {
    const id = await aCustomer(contractor, facts);
    const answer = await sync(id);
    expect(answer).toMatchObject({ ok: false, qbo_customer_id: null, customer_id: id, result: 'skipped' });
    expect(answer.error).toContain('a person has to decide');
    expect(await questions()).toMatchObject([{ customer_id: id, retry: 'together' }]);
    expect((await questions())[0]!.reason).toContain('may be in QuickBooks already');
    const { state, candidates } = await match(id);
    expect(state).toBe('proposed');
    expect(candidates).toMatchObject([{ evidence, class: evidence[0] === 'email' ? 'likely' : 'weak' }]);
    expect(await inQbo()).toHaveLength(33);
    expect(await counted('skipped')).toBe(1);
    const why = (await contractor.admin.get(`/customers/${id}/why`)).body;
    expect(why.answer).toContain('so a person has to decide');
    expect(why.next_step).toContain(`POST /customers/${id}/match`);
    await sync(id);
    expect(await questions()).toHaveLength(1);
  });

  it('nobody is asked about one that another job links meanwhile, though somebody has its phone', async () => {
    const geeta = await knownAs('Geeta Kalapatapu');
    const phone = '(970) 555-0144';
    await books.control.createCustomer(contractor.realmId, 'Somebody Else', {
      PrimaryPhone: { FreeFormNumber: phone },
    });
    const id = await aCustomer(contractor, {
      full_name: 'Kalapatapu, Geeta',
      email: 'GEETA@customers.example',
      phone,
    });
    const matcher = books.app.app.get(CustomerMatcherService);
    const look = matcher.verdictOf.bind(matcher);
    vi.spyOn(matcher, 'verdictOf').mockImplementationOnce(async (...asked) => {
      expect(await sync(id)).toMatchObject({ ok: true, adopted: true });
      return look(...asked);
    });
    expect(await sync(id)).toMatchObject({ ok: true, qbo_customer_id: geeta.Id });
    expect(await questions()).toEqual([]);
    expect(await inQbo()).toHaveLength(34);
  });

  it('one that came to QuickBooks a moment ago is seen', async () => {
    await books.control.createCustomer(contractor.realmId, 'The Okafors', {
      PrimaryEmailAddr: { Address: 'okafor@example.com,ann@example.com' },
    });
    const id = await aCustomer(contractor, { full_name: 'Ann Okafor', email: 'ann@example.com' });
    expect(await sync(id)).toMatchObject({ ok: false, result: 'skipped' });
  });

  it('all who are there are read to the end, also where whoever reads them sleeps beyond a lease', async () => {
    const { orgId } = contractor;
    const company = await books.app.app.get(ConnectionService).requireCompany(orgId);
    await idle(books, contractor);
    await books.database.query('delete from qbo_customers where org_id = $1', [orgId]);
    const anew = 'update qbo_customer_mirrors set filled_at = null, changed_since = null where org_id = $1';
    await books.database.query(anew, [orgId]);
    const { customers } = books.app.app.get(QboClient);
    const page = holdNext(customers, 'list');
    const reading = books.app.app.get(CustomerMirrorService).refresh(company);
    await page.done;
    const noticed = holdNext(books.app.app.get(LeasesService), 'renew' as never);
    await books.database.query(
      `update qbo_customer_mirrors set lease_token = lease_token + 1, lease_until = now() - interval '1 second'
        where org_id = $1`,
      [orgId],
    );
    await noticed.done;
    noticed.letGo();
    page.letGo();
    await reading;
    const [mirror] = await books.database.query(
      'select filled_at is not null as filled from qbo_customer_mirrors where org_id = $1',
      [orgId],
    );
    expect(mirror).toEqual({ filled: true });
  });

  it('a person links one, and what waited goes on', async () => {
    const customerId = await amyByEmail();
    const proposalId = await anApprovedProposal(contractor, { customerId });
    const waiting = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(waiting).toMatchObject({ status: 202, body: { status: 'pending', proposal_id: proposalId } });
    expect(waiting.body.detail).toContain('a person has to decide');
    const why = (await contractor.admin.get(`/proposals/${proposalId}/why`)).body;
    expect(why.answer).toContain('the invoice waits for its customer');
    expect(why.next_step).toContain(`POST /customers/${customerId}/match`);

    const { Id } = await knownAs("Amy's Bird Sanctuary");
    const linked = await decide(customerId, { action: 'link', qbo_customer_id: Id });
    expect(linked).toMatchObject({ status: 200, body: { state: 'linked' } });
    expect(await questions()).toEqual([]);
    await eventually(async () => {
      const { body } = await contractor.admin.get(`/proposals/${proposalId}`);
      expect(body.qbo_invoice_id).not.toBeNull();
    });
    const [invoice] = (await books.control.records(contractor.realmId, 'Invoice')).filter(
      ({ DocNumber }) => DocNumber === `CRM-${proposalId}`,
    );
    expect(invoice).toMatchObject({ CustomerRef: { value: Id } });
    expect(await knownAs("Amy's Bird Sanctuary")).toBeDefined();
    expect(await inQbo()).toHaveLength(33);
  });

  it('a person has a new one made, whoever is there, under a name of its own', async () => {
    const id = await aCustomer(contractor, { full_name: 'Dylan Sollfrank', email: 'private@example.com' });
    await sync(id);
    expect(await decide(id, { action: 'create' })).toMatchObject({ status: 200, body: { state: 'linked' } });
    expect(await knownAs(`Dylan Sollfrank (CRM-${id})`)).toBeDefined();
    expect(await questions()).toEqual([]);
  });

  it('a person keeps one out, and may decide anew', async () => {
    const id = await amyByEmail();
    await sync(id);
    expect((await decide(id, { action: 'exclude' })).body.state).toBe('excluded');
    expect(await sync(id)).toMatchObject({ ok: false, result: 'skipped' });
    expect(await questions()).toEqual([]);
    expect((await contractor.admin.get(`/customers/${id}/why`)).body.answer).toContain(
      'a person keeps it out',
    );
    expect((await decide(id, { action: 'create' })).body.state).toBe('linked');
    expect(await inQbo()).toHaveLength(34);
  });

  it('is not kept out while its record in a foreign currency may be on its way', async () => {
    const id = await amyByEmail();
    const insert = (generation: number, currency: string, state: string) =>
      books.database.query(
        `insert into sync_operations (org_id, realm_id, kind, entity_id, generation, request_id, payload, state,
                first_sent_at, next_attempt_at)
         values ($1, $2, 'customer.currency', $3, $4, $5::text, jsonb_build_object('currency', $5::text), $6, now(),
                 now() + interval '1 day')`,
        [contractor.orgId, contractor.realmId, id, generation, currency, state],
      );
    await insert(1, 'EUR', 'uncertain');
    await insert(2, 'GBP', 'refused');
    expect((await decide(id, { action: 'exclude' })).body.code).toBe('goes_on_by_itself');
    await books.database.query("update sync_operations set state = 'refused' where org_id = $1", [
      contractor.orgId,
    ]);
    expect((await decide(id, { action: 'exclude' })).body.state).toBe('excluded');
  });

  it('is told of a proposal whose customer is kept out that waiting brings no invoice', async () => {
    const id = await amyByEmail();
    const proposal = await anApprovedProposal(contractor, { customerId: id });
    await decide(id, { action: 'exclude' });
    expect((await contractor.admin.post(`/qbo/invoice/${proposal}`)).status).toBe(202);
    const why = (await contractor.admin.get(`/proposals/${proposal}/why`)).body;
    expect(why.answer).toMatch(
      /but no invoice is made, because a person keeps the customer out of QuickBooks\.$/,
    );
    expect(why.next_step).toBe(`To have the invoice there, decide anew by POST /customers/${id}/match.`);
  });

  it.each([
    { what: 'make', facts: {} },
    { what: 'link', facts: { full_name: 'Kalapatapu, Geeta', email: 'geeta@customers.example' } },
  ])('a person keeps one out that a job was about to $what', async ({ facts }) => {
    const id = await aCustomer(contractor, facts);
    const looked = holdNext(books.app.app.get(CustomerMatcherService), 'verdictOf');
    const syncing = sync(id);
    await looked.done;
    expect((await decide(id, { action: 'exclude' })).status).toBe(200);
    looked.letGo();
    expect(await syncing).toMatchObject({ ok: false, qbo_customer_id: null });
    expect((await match(id)).state).toBe('excluded');
    expect(await inQbo()).toHaveLength(33);
  });

  it('a person links none that a job has begun to make meanwhile', async () => {
    const { customers } = books.app.app.get(QboClient);
    const geeta = await knownAs('Geeta Kalapatapu');
    const id = await aCustomer(contractor);
    const read = holdNext(customers, 'get');
    const linking = decide(id, { action: 'link', qbo_customer_id: geeta.Id });
    await read.done;
    const made = holdNext(customers, 'create');
    const syncing = sync(id);
    await made.done;
    read.letGo();
    const refused = await linking;
    made.letGo();
    const { qbo_customer_id: own } = await syncing;
    expect(refused).toMatchObject({ status: 409, body: { code: 'goes_on_by_itself' } });
    expect(own).not.toBe(geeta.Id);
    expect((await contractor.admin.get(`/customers/${id}`)).body.qbo_customer_id).toBe(own);
  });

  it('a person ends a link, and is asked from then on', async () => {
    const geeta = await knownAs('Geeta Kalapatapu');
    const id = await aCustomer(contractor, {
      full_name: 'Geeta Kalapatapu',
      email: 'geeta@customers.example',
    });
    await sync(id);
    expect((await decide(id, { action: 'unlink' })).body.state).toBe('proposed');
    expect(await sync(id)).toMatchObject({ ok: false, result: 'skipped' });
    const other = await knownAs('Mark Cho');
    expect((await decide(id, { action: 'link', qbo_customer_id: other.Id })).body.state).toBe('linked');
    expect((await decide(id, { action: 'link', qbo_customer_id: geeta.Id })).body.state).toBe('linked');
    expect((await contractor.admin.get(`/customers/${id}`)).body.qbo_customer_id).toBe(geeta.Id);
    expect(await knownAs('Mark Cho')).toMatchObject({ SyncToken: other.SyncToken });
  });

  it('a person decides in the inbox, too', async () => {
    const id = await amyByEmail();
    await sync(id);
    const [item] = await questions();
    const { Id } = await knownAs("Amy's Bird Sanctuary");
    const resolved = await contractor.admin.post(`/inbox/${item!.id}/resolve`, { qbo_customer_id: Id });
    expect(resolved.body).toMatchObject({ state: 'resolved' });
    expect((await contractor.admin.get(`/customers/${id}`)).body.qbo_customer_id).toBe(Id);
  });

  it('a person has one made, or keeps it out, in the inbox', async () => {
    const resolve = async (body: object) =>
      contractor.admin.post(`/inbox/${(await questions())[0]!.id}/resolve`, body);
    const created = await aCustomer(contractor, { full_name: 'Dylan Sollfrank', email: 'own@example.com' });
    await sync(created);
    expect((await resolve({ action: 'marry' })).status).toBe(422);
    expect((await resolve({ action: 'create', qbo_customer_id: '1' })).status).toBe(422);
    expect((await resolve({ action: 'create' })).body).toMatchObject({ state: 'resolved' });
    expect(await knownAs(`Dylan Sollfrank (CRM-${created})`)).toBeDefined();
    const excluded = await amyByEmail();
    await sync(excluded);
    const [item] = await questions();
    expect((await resolve({ action: 'exclude' })).body).toMatchObject({ state: 'resolved' });
    expect((await match(excluded)).state).toBe('excluded');
    const { history } = (await contractor.admin.get(`/inbox/${item!.id}`)).body;
    expect(history.at(-1)).toMatchObject({ event: 'resolved', user_id: expect.any(Number) });
    expect(await questions()).toEqual([]);
  });

  it('a link that was written into the database by hand is a decision, too', async () => {
    const id = await amyByEmail();
    await sync(id);
    const { Id } = await knownAs("Amy's Bird Sanctuary");
    await books.database.query('update customers set qbo_customer_id = $2 where id = $1', [id, Id]);
    expect(await sync(id)).toMatchObject({ ok: true, qbo_customer_id: Id });
    expect(await questions()).toEqual([]);
    expect(await knownAs("Amy's Bird Sanctuary")).toMatchObject({ Id });
  });

  it('refuses what cannot be decided', async () => {
    const [one, other] = [await amyByEmail(), await amy()];
    const { Id } = await knownAs("Amy's Bird Sanctuary");
    await decide(one, { action: 'link', qbo_customer_id: Id });
    const taken = await decide(other, { action: 'link', qbo_customer_id: Id });
    expect(taken).toMatchObject({ status: 409, body: { code: 'qbo_customer_taken' } });
    expect((await decide(other, { action: 'link', qbo_customer_id: '999999' })).body.code).toBe(
      'document_not_found',
    );
    expect((await decide(other, { action: 'unlink' })).body.code).toBe('customer_not_linked');
    expect((await decide(one, { action: 'create' })).body.code).toBe('customer_linked_already');
    expect((await decide(one, { action: 'link' })).status).toBe(422);
    expect((await decide(one, { action: 'marry' })).status).toBe(422);
    expect((await decide(other, { action: 'create', qbo_customer_id: Id })).body.errors).toMatchObject([
      { field: 'qbo_customer_id' },
    ]);
    expect((await match(other)).state).toBe('unmatched');
    const seller = await addPerson(books.app, contractor.orgId, ['sales']);
    expect((await seller.get(`/customers/${one}/match`)).status).toBe(200);
    expect((await seller.post(`/customers/${one}/match`, { action: 'unlink' })).status).toBe(403);
    const rival = await aContractor(books, 'Rival Roofing');
    expect((await rival.admin.get(`/customers/${one}/match`)).status).toBe(404);
    expect((await rival.admin.post(`/customers/${one}/match`, { action: 'unlink' })).status).toBe(404);
  });

  it('two of ours who are both that one are for a person', async () => {
    await books.control.createCustomer(contractor.realmId, 'Marisol Vega', {
      PrimaryEmailAddr: { Address: 'marisol@example.com, office@example.com' },
    });
    const ids = [
      await aCustomer(contractor, { full_name: 'Marisol Vega', email: 'marisol@example.com' }),
      await aCustomer(contractor, { full_name: 'Marisol Vega', email: 'office@example.com' }),
    ];
    for (const id of ids) expect(await sync(id)).toMatchObject({ ok: false, result: 'skipped' });
  });

  it('an organisation that does not want to be asked is not', async () => {
    await contractor.admin.patch('/org/settings', { customer_match: 'create' });
    const geeta = await aCustomer(contractor, {
      full_name: 'Geeta Kalapatapu',
      email: 'geeta@customers.example',
    });
    expect(await sync(geeta)).toMatchObject({ ok: true, adopted: true });
    const id = await aCustomer(contractor, { full_name: 'Dylan Sollfrank', email: 'private@example.com' });
    expect(await sync(id)).toMatchObject({ ok: true });
    expect(await knownAs(`Dylan Sollfrank (CRM-${id})`)).toBeDefined();
    expect(await questions()).toEqual([]);
  });

  it('a batch and a backfill ask as well, for one look at QuickBooks', async () => {
    const ids = [
      await amyByEmail(),
      await aCustomer(contractor, { full_name: 'Geeta Kalapatapu', email: 'geeta@customers.example' }),
      await aCustomer(contractor),
      await aCustomer(contractor),
    ];
    await books.control.resetCalls();
    const { results } = await finished(contractor, await requestBatch(contractor, ids));
    expect(results.map(({ result }) => result)).toEqual(['skipped', 'updated', 'created', 'created']);
    expect(results[0]).toMatchObject({ ok: false, qbo_customer_id: null });
    expect(results[0]!.error).toContain('a person has to decide');
    expect(results[1]).toMatchObject({ ok: true, adopted: true });
    expect((await books.control.calls(contractor.realmId)).operations).toEqual({ cdc: 1, batch: 1 });
    expect(await questions()).toMatchObject([{ customer_id: ids[0] }]);

    const end = await books.app.app.get(CustomerBackfillService).run({
      orgId: contractor.orgId,
      perCall: 30,
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    expect(end).toMatchObject({ stats: { created: 0, failed: 0, undecided: 1 }, left: 0 });
    expect(await inQbo()).toHaveLength(35);
  });
});
