import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Body, without } from '../books/json.ts';
import { type Books, REALM, openTestBooks } from '../testing/books.ts';
import { World } from '../world.ts';
import { ENTITIES } from '../books/catalog.ts';
import { createCompany } from '../books/open-company.ts';
import { SCHEMA_TYPES } from '../books/fields/schema.ts';
import { render } from '../books/render.ts';
import { entityFromXml } from './from-xml.ts';
import { parseXml } from './parse.ts';
import { entityXml } from './to-xml.ts';

let books: Books;
beforeEach(async () => {
  books = await openTestBooks();
});
afterEach(() => books.close());

async function send(
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; type: string; text: string }> {
  const answer = await fetch(`${books.url}/v3/company/${REALM}/${path}`, {
    method,
    headers: { authorization: 'Bearer good', accept: 'application/xml', 'content-type': 'application/xml' },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';

describe('a client that speaks XML', () => {
  it('creates, reads, changes and asks, with a namespace prefix as Intuit’s PHP SDK has it', async () => {
    const created = await send(
      'POST',
      'customer',
      `${HEAD}<ns0:Customer xmlns:ns0="http://schema.intuit.com/finance/v3">` +
        '<ns0:DisplayName>Ann &amp; Co</ns0:DisplayName>' +
        '<ns0:PrimaryEmailAddr><ns0:Address>ann@example.com</ns0:Address></ns0:PrimaryEmailAddr></ns0:Customer>',
    );
    expect(created).toMatchObject({ status: 200, type: expect.stringContaining('application/xml') });
    const customer = parseXml(created.text).children[0]!;
    expect(customer).toMatchObject({ name: 'Customer', attributes: { domain: 'QBO', sparse: 'false' } });
    const { Id } = entityFromXml(customer);
    expect((await send('GET', `customer/${Id as string}`)).text).toContain(
      '<DisplayName>Ann &amp; Co</DisplayName>',
    );
    const changed = await send(
      'POST',
      'customer?operation=update',
      `<Customer xmlns="http://schema.intuit.com/finance/v3" sparse="true"><Id>${Id as string}</Id>` +
        '<SyncToken>0</SyncToken>' +
        '<Notes>calls &lt;twice&gt;</Notes></Customer>',
    );
    expect(changed.text).toContain('<Notes>calls &lt;twice&gt;</Notes>');
    const found = await send(
      'GET',
      `query?query=${encodeURIComponent("select * from Customer where DisplayName like 'Ann%'")}`,
    );
    expect(found.text).toContain('<QueryResponse startPosition="1" maxResults="1"><Customer');
  });

  it('sells with lines and references', async () => {
    const { Id } = await books.create('customer', { DisplayName: 'Ann' });
    const invoice = await send(
      'POST',
      'invoice',
      '<Invoice xmlns="http://schema.intuit.com/finance/v3"><Line><Amount>12.50</Amount>' +
        '<DetailType>SalesItemLineDetail</DetailType><SalesItemLineDetail><ItemRef>1</ItemRef></SalesItemLineDetail>' +
        `</Line><CustomerRef>${Id}</CustomerRef></Invoice>`,
    );
    expect(invoice.text).toContain('<TotalAmt>12.5</TotalAmt>');
    expect(invoice.text).toContain('<ItemRef name="Services">1</ItemRef>');
  });

  it('keeps a template of a document, which is read with the document in it', async () => {
    const { Id } = await books.create('customer', { DisplayName: 'Ann' });
    const made = await send(
      'POST',
      'recurringtransaction',
      '<RecurringTransaction xmlns="http://schema.intuit.com/finance/v3"><Invoice><Line><Amount>12.50</Amount>' +
        '<DetailType>SalesItemLineDetail</DetailType><SalesItemLineDetail><ItemRef>1</ItemRef></SalesItemLineDetail>' +
        `</Line><CustomerRef>${Id}</CustomerRef><RecurringInfo><Name>Monthly</Name><RecurType>Automated</RecurType>` +
        '<Active>true</Active><ScheduleInfo><IntervalType>Monthly</IntervalType><NumInterval>1</NumInterval>' +
        '<DayOfMonth>1</DayOfMonth></ScheduleInfo></RecurringInfo></Invoice></RecurringTransaction>',
    );
    expect(made).toMatchObject({
      status: 200,
      text: expect.stringContaining('<RecurringTransaction><Invoice'),
    });
    expect(made.text).toContain('<TotalAmt>12.5</TotalAmt>');
    expect(made.text).toContain('<Name>Monthly</Name>');
    const found = await send(
      'GET',
      `query?query=${encodeURIComponent('select * from RecurringTransaction')}`,
    );
    expect(found.text).toContain(`<CustomerRef name="Ann">${Id}</CustomerRef>`);
  });

  it.each(['application/xml', '*/*'])(
    'uploads a file whose metadata is XML, and hears of it in XML: %s',
    async (accept) => {
      const { Id } = await books.create('customer', { DisplayName: 'Ann' });
      const part = (head: string, content: string): string =>
        `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
      const answer = await fetch(`${books.url}/v3/company/${REALM}/upload`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer good',
          accept,
          'content-type': 'multipart/form-data; boundary=b',
        },
        body:
          part(
            'name="file_metadata_0"\r\nContent-Type: application/xml; charset=UTF-8',
            `${HEAD}<ns0:Attachable xmlns:ns0="http://schema.intuit.com/finance/v3">` +
              '<ns0:FileName>a.txt</ns0:FileName>' +
              '<ns0:AttachableRef><ns0:EntityRef type="Customer">' +
              `${Id}</ns0:EntityRef></ns0:AttachableRef><ns0:Tag>t</ns0:Tag></ns0:Attachable>`,
          ) +
          part('name="file_content_0"; filename="a.txt"\r\nContent-Type: text/plain', 'hi') +
          '--b--\r\n',
      });
      expect(answer.status).toBe(200);
      const text = await answer.text();
      expect(text).toContain('<AttachableResponse><Attachable domain="QBO"');
      expect(text).toContain(`<EntityRef type="Customer">${Id}</EntityRef>`);
      expect(text).toContain('<Tag>t</Tag>');
    },
  );

  it('is refused in XML, by the books and by the gateway', async () => {
    const refused = await send('POST', 'customer', '<Customer><Nickname>x</Nickname></Customer>');
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('<Fault type="ValidationFault"><Error code="2010" element="Nickname">');
    expect((await send('POST', 'customer', '<Customer><a></Customer>')).text).toContain('code="2310"');
    const unknown = await fetch(`${books.url}/v3/company/${REALM}/customer/1`, {
      headers: { accept: 'text/xml' },
    });
    expect(unknown.status).toBe(401);
    expect(await unknown.text()).toContain('<IntuitResponse');
  });

  it('sends a batch and reads what changed', async () => {
    const batch = await send(
      'POST',
      'batch',
      '<IntuitBatchRequest xmlns="http://schema.intuit.com/finance/v3"><BatchItemRequest bId="a" operation="create">' +
        '<Customer><DisplayName>Bob</DisplayName></Customer></BatchItemRequest><BatchItemRequest bId="b">' +
        '<Query>select * from Customer</Query></BatchItemRequest></IntuitBatchRequest>',
    );
    expect(batch.text).toContain('<BatchItemResponse bId="a"><Customer domain="QBO"');
    expect(batch.text).toContain(
      '<BatchItemResponse bId="b"><QueryResponse startPosition="1" maxResults="1">',
    );
    const since = encodeURIComponent(new Date(Date.now() - 60_000).toISOString());
    const changes = await send('GET', `cdc?entities=Customer&changedSince=${since}`);
    expect(changes.text).toContain('<CDCResponse><QueryResponse');
  });

  it('has reports, with a cell as the attributes of its element', async () => {
    const report = await send('GET', 'reports/BalanceSheet');
    expect(report.type).toContain('application/xml');
    const tree = parseXml(report.text);
    expect(tree.name).toBe('Report');
    expect(report.text).toMatch(/<ColData value="Total Assets"\/>/);
  });

  it('answers a query sent as text without an Accept, as Intuit’s PHP SDK sends it', async () => {
    const answer = await books.ask('POST', 'query', 'select * from Term', { accept: '*/*' });
    expect(answer.text).toContain('<QueryResponse startPosition="1"');
  });
});

/** A record with what only JSON has left out: names outside the schema, Java's wrapping of notes. */
function common(value: unknown, kind: string): unknown {
  const type = SCHEMA_TYPES[kind.replace(/\[\]$/, '')];
  if (Array.isArray(value)) return value.map((one) => common(one, kind));
  if (typeof value !== 'object' || value === null || !type) return value;
  const known = Object.entries(without(value as Body, 'domain', 'sparse', 'LineEx')).filter(
    ([name, one]) =>
      (type[name] ?? type[`@${name}`]) !== undefined && !(Array.isArray(one) && one.length === 0),
  );
  return Object.fromEntries(known.map(([name, one]) => [name, common(one, type[name] ?? '')]));
}

it('every record of a company reads the same in XML as in JSON', () => {
  const company = createCompany(new World(), { fixtures: true });
  let count = 0;
  for (const name of ENTITIES.keys())
    for (const body of company.store.all(name)) {
      const shown = render(company.store, name, body);
      const back = entityFromXml(parseXml(entityXml(name, shown)));
      expect(common(back, name)).toEqual(common(shown, name));
      count += 1;
    }
  expect(count).toBeGreaterThan(60);
});

it.each(['<a>', '<a></b>', 'text', '<a/><b/>', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', '<a>&x;</a>'])(
  '%s is no document',
  (source) => {
    expect(() => parseXml(source)).toThrow(/\w/);
  },
);
