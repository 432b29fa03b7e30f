import type { Entity } from '../books/catalog.ts';
import type { Company } from '../books/company.ts';
import { badId, objectNotFound, required, noResource, unsupportedOperation } from '../books/fault.ts';
import { type Body, partOf, textOf } from '../books/json.ts';
import { readRecord } from '../books/write-record.ts';
import { render } from '../books/render.ts';
import { sendRecord } from '../books/send.ts';
import type { ApiRequest } from './api-request.ts';
import { withFileLinks } from './file-links.ts';
import { pdfOf } from './pdf.ts';

interface OneRecord {
  operation: string;
  writes: boolean;
  run(company: Company): Body | Buffer;
}

/** The rate in force on a day: the latest recorded one, else 1. */
function exchangeRate(company: Company, request: ApiRequest): Body {
  const source = request.query.sourcecurrencycode;
  if (!source) throw required('sourcecurrencycode');
  const day = request.query.asofdate ?? company.today();
  const rate = company.store
    .all('ExchangeRate')
    .filter((one) => one.SourceCurrencyCode === source && textOf(one, 'AsOfDate')! <= day)
    .toSorted((a, b) => (textOf(a, 'AsOfDate')! < textOf(b, 'AsOfDate')! ? -1 : 1))
    .at(-1);
  if (rate) return { ExchangeRate: render(company.store, 'ExchangeRate', rate) };
  const parity = {
    SourceCurrencyCode: source,
    TargetCurrencyCode: company.homeCurrency,
    Rate: 1,
    AsOfDate: day,
  };
  return { ExchangeRate: { ...parity, domain: 'QBO', sparse: false } };
}

/** Company and settings exist once; the company answers to its realm as well as to `1`. */
function singleRecord(company: Company, entity: Entity, id: string | undefined): Body {
  if (id !== undefined && id !== '1' && id !== company.realmId) throw objectNotFound();
  return { [entity.jsonName]: readRecord(company, entity.name, '1') };
}

function record(company: Company, entity: Entity, id: string): Body {
  if (!/^\d+$/.test(id) && !company.store.find(entity.name, id)) throw badId(id);
  return { [entity.jsonName]: readRecord(company, entity.name, id) };
}

/** `include=invoiceLink` shows where an invoice with an e-mail address can be paid. */
function withLink(request: ApiRequest, body: Body): Body {
  const invoice = partOf(body, 'Invoice');
  const isAsked = (request.query.include ?? '').toLowerCase().split(',').includes('invoicelink');
  if (!isAsked || textOf(partOf(invoice, 'BillEmail'), 'Address') === undefined) return body;
  const InvoiceLink = `https://connect.intuit.example/t/scs-v1-${request.realm}-${textOf(invoice, 'Id')}`;
  return { Invoice: { ...invoice, InvoiceLink } };
}

/** The routes below one record: read it, see it as PDF, send it. */
export function readOne(
  request: ApiRequest,
  entity: Entity,
  id: string | undefined,
  action: string | undefined,
): OneRecord {
  const lower = entity.name.toLowerCase();
  const { method } = request;
  const operation = `${lower}.${action ?? 'read'}`;
  const reads = (run: OneRecord['run']): OneRecord => ({ operation, writes: false, run });
  if (method === 'POST' && action === 'send') {
    return {
      operation,
      writes: true,
      run: (company) => ({ [entity.name]: sendRecord(company, entity.name, id!, request.query.sendto) }),
    };
  }
  if (method === 'GET' && action === 'pdf')
    return reads((company) => pdfOf(company, entity.name, readRecord(company, entity.name, id!)));
  if (method === 'GET' && action === undefined) {
    if (entity.family === 'single') return reads((company) => singleRecord(company, entity, id));
    if (entity.name === 'ExchangeRate' && id === undefined)
      return reads((company) => exchangeRate(company, request));
    if (id !== undefined && entity.name === 'Attachable')
      return reads((company) => ({
        Attachable: withFileLinks(company, request, readRecord(company, entity.name, id)),
      }));
    if (id !== undefined) return reads((company) => withLink(request, record(company, entity, id)));
  }
  return reads(() => {
    throw id === undefined
      ? unsupportedOperation(`${method} ${request.path.join('/')}`)
      : noResource(`/v3/company/${request.realm}/${request.path.join('/')}`);
  });
}
