import { type Body, type Json, isBody, partOf, rowsOf, textOf } from '../books/json.ts';
import { findEntity } from '../books/catalog.ts';
import { SCHEMA_TYPES, schemaTypeOf } from '../books/fields/schema.ts';
import type { WrittenReport } from '../books/reports/report.ts';
import { NAMESPACE, attributes, escaped } from './markup.ts';
import { reportXml } from './report-xml.ts';

/** No entity of its own: a document that is made again and again. */
const RECURRING = 'RecurringTransaction';

/** The note of an applied line, whose JSON spells out Java's own wrapping. */
function noteXml(name: string, value: Body): string {
  const pairs = rowsOf(value, 'any').map((one) => partOf(one, 'value'));
  const inner = pairs.map(
    (pair) =>
      `<NameValue><Name>${escaped(textOf(pair, 'Name') ?? '')}</Name>` +
      `<Value>${escaped(textOf(pair, 'Value') ?? '')}</Value></NameValue>`,
  );
  return `<${name}>${inner.join('')}</${name}>`;
}

function fieldXml(name: string, value: Json | undefined, kind: string): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value))
    return value.map((one) => fieldXml(name, one, kind.replace(/\[\]$/, ''))).join('');
  if (!isBody(value)) return `<${name}>${escaped(String(value))}</${name}>`;
  if (kind === 'IntuitAnyType') return noteXml(name, value);
  return elementXml(name, value, SCHEMA_TYPES[kind] ?? {}, []);
}

function elementXml(
  name: string,
  body: Body,
  type: Readonly<Record<string, string>>,
  own: readonly (readonly [string, unknown])[],
): string {
  const marks = Object.keys(type)
    .filter((key) => key.startsWith('@') && !own.some(([known]) => `@${known}` === key))
    .map((key) => [key.slice(1), body[key.slice(1)]] as const);
  const head = `${name}${attributes([...own, ...marks])}`;
  const fields = Object.entries(type).filter(([key]) => !key.startsWith('@'));
  const isText = fields.length === 1 && fields[0]![0] === 'value';
  if (isText) return `<${head}>${escaped(textOf(body, 'value') ?? '')}</${name}>`;
  return `<${head}>${fields.map(([key, kind]) => fieldXml(key, body[key], kind)).join('')}</${name}>`;
}

/** One entity, with `domain`, `sparse` and `status` as attributes; a template with the document in it. */
export function entityXml(name: string, body: Body): string {
  if (name === RECURRING)
    return `<${name}>${Object.entries(body)
      .map(([kind, one]) => (isBody(one) ? entityXml(kind, one) : ''))
      .join('')}</${name}>`;
  const own = ['domain', 'status', 'sparse'].map((key) => [key, body[key]] as const);
  return elementXml(name, body, schemaTypeOf(name), own);
}

function faultXml(fault: Body): string {
  const errors = rowsOf(fault, 'Error').map((error) => {
    const head = attributes([
      ['code', error.code],
      ['element', error.element === '' ? undefined : error.element],
    ]);
    const [message, detail] = [textOf(error, 'Message') ?? '', textOf(error, 'Detail') ?? ''];
    return `<Error${head}><Message>${escaped(message)}</Message><Detail>${escaped(detail)}</Detail></Error>`;
  });
  return `<Fault${attributes([['type', fault.type]])}>${errors.join('')}</Fault>`;
}

function queryResponseXml(response: Body): string {
  const head = attributes(
    ['startPosition', 'maxResults', 'totalCount'].map((name) => [name, response[name]]),
  );
  const rows = Object.entries(response).map(([name, value]) =>
    findEntity(name) || name === RECURRING
      ? rowsOf({ value }, 'value')
          .map((one) => entityXml(name, one))
          .join('')
      : '',
  );
  return `<QueryResponse${head}>${rows.join('')}</QueryResponse>`;
}

function partXml(name: string, value: Json | undefined): string {
  if (name === 'Fault' && isBody(value)) return faultXml(value);
  if (name === 'QueryResponse' && isBody(value)) return queryResponseXml(value);
  if (name === 'CDCResponse')
    // One by itself in an item of a batch.
    return rowsOf({ value: [value ?? null].flat() }, 'value')
      .map(
        (one) => `<CDCResponse>${rowsOf(one, 'QueryResponse').map(queryResponseXml).join('')}</CDCResponse>`,
      )
      .join('');
  if (name === 'BatchItemResponse')
    return rowsOf({ value }, 'value')
      .map(
        ({ bId, ...rest }) =>
          `<BatchItemResponse${attributes([['bId', bId]])}>${answersXml(rest)}</BatchItemResponse>`,
      )
      .join('');
  if (name === 'AttachableResponse')
    return rowsOf({ value }, 'value')
      .map((one) => `<AttachableResponse>${answersXml(one)}</AttachableResponse>`)
      .join('');
  return isBody(value) ? entityXml(name, value) : '';
}

function answersXml(answers: Body): string {
  return Object.entries(answers)
    .map(([key, one]) => partXml(key, one))
    .join('');
}

/** The answer in XML: `<IntuitResponse time="…">` around what the JSON answer has, or a report. */
export function responseXml(body: Body, time: string): string {
  if (isBody(body.Columns)) return reportXml(body as unknown as WrittenReport);
  const parts = Object.entries(body).map(([name, value]) => partXml(name, value));
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
    `<IntuitResponse xmlns="${NAMESPACE}" time="${time}">${parts.join('')}</IntuitResponse>`
  );
}
