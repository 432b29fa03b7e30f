import { runBatch } from '../books/batch.ts';
import { type Entity, findEntity } from '../books/catalog.ts';
import { changedSince } from '../books/cdc.ts';
import type { Company } from '../books/company.ts';
import { unparsable, unsupportedOperation } from '../books/fault.ts';
import { type Body, isBody, rowsOf } from '../books/json.ts';
import { type Verb, writeRecord } from '../books/write-record.ts';
import { createTaxService } from '../books/tax-service.ts';
import { runReport } from '../books/reports/run-report.ts';
import { queryRecurring, readRecurring, writeRecurring } from '../books/recurring.ts';
import { runQuery } from '../books/query/run.ts';
import { type ApiRequest, jsonBody, peekBody, textBody } from './api-request.ts';
import { readOne } from './reads.ts';
import { fileLink, withFileLinks } from './file-links.ts';
import { uploadFiles } from './upload.ts';

/** What a call did: the body to answer with, or a document, and the metered reads in it. */
export interface Outcome {
  body: Body;
  document?: Buffer;
  /** Of the document, where it is neither a PDF nor a file. */
  contentType?: string;
  reads: number;
}

/**
 * What a request asks for. `operation` is its name in counts and fault plans: `customer.create`,
 * `invoice.query`, `cdc`, `batch`.
 */
export interface Call {
  operation: string;
  /** Only writes answer a repeated `requestid` from memory. */
  writes: boolean;
  isBatch: boolean;
  run(company: Company): Outcome;
}

function reading(operation: string, run: (company: Company) => Body | Buffer): Call {
  return {
    operation,
    writes: false,
    isBatch: false,
    run(company) {
      const result = run(company);
      return Buffer.isBuffer(result) ? { body: {}, document: result, reads: 1 } : { body: result, reads: 1 };
    },
  };
}

function refusing(operation: string, what: string, status: number): Call {
  const run = (): never => {
    throw unsupportedOperation(what, status);
  };
  return { operation, writes: false, isBatch: false, run };
}

function statementOf(request: ApiRequest): string {
  if (request.query.query !== undefined) return request.query.query;
  if (request.contentType.startsWith('application/json'))
    throw unparsable('A query is sent as application/text');
  return textBody(request);
}

function askedOf(statement: string): string {
  return (/\bfrom\s+(\w+)/i.exec(statement)?.[1] ?? 'unknown').toLowerCase();
}

/** What a statement finds: templates by their kind, and files with where they can be had. */
function found(company: Company, request: ApiRequest, statement: string): Body {
  const run = askedOf(statement) === 'recurringtransaction' ? queryRecurring : runQuery;
  const response = run(company, statement);
  const files = rowsOf(response, 'Attachable').map((one) => withFileLinks(company, request, one));
  return files.length > 0 ? { ...response, Attachable: files } : response;
}

function queryCall(request: ApiRequest): Call {
  const asked = askedOf(request.query.query ?? request.body.toString('utf8'));
  return reading(`${asked}.query`, (company) => ({
    QueryResponse: found(company, request, statementOf(request)),
  }));
}

function batchCall(request: ApiRequest): Call {
  return {
    operation: 'batch',
    writes: true,
    isBatch: true,
    run: (company) =>
      runBatch(company, jsonBody(request), request.query.requestid, (statement) =>
        found(company, request, statement),
      ),
  };
}

/** Create and update share a route: a body with an Id, or `operation=update`, is an update. */
function verbOf(request: ApiRequest): Verb | undefined {
  const operation = request.query.operation?.toLowerCase();
  const include = request.query.include?.toLowerCase() ?? '';
  if (operation === 'delete') return 'delete';
  if (operation === 'void' || include.split(',').includes('void')) return 'void';
  if (operation !== undefined && operation !== 'update' && operation !== 'create') return undefined;
  const body = peekBody(request);
  const aims = isBody(body) && body.Id !== undefined;
  return operation === 'update' || aims ? 'update' : 'create';
}

function writeCall(request: ApiRequest, entity: Entity): Call {
  const lower = entity.name.toLowerCase();
  const verb = verbOf(request);
  if (!verb)
    return refusing(`${lower}.${request.query.operation}`, `${request.query.operation} ${entity.name}`, 400);
  const allowsDuplicateNumber = (request.query.include ?? '').toLowerCase().includes('allowduplicatedocnum');
  return {
    operation: `${lower}.${entity.family === 'single' ? 'update' : verb}`,
    writes: true,
    isBatch: false,
    run: (company) => {
      const aimed = entity.family === 'single' ? 'update' : verb;
      const record = writeRecord(company, aimed, entity.name, jsonBody(request), { allowsDuplicateNumber });
      return { body: { [entity.jsonName]: record }, reads: 0 };
    },
  };
}

function entityCall(request: ApiRequest, entity: Entity): Call {
  const [, id, action] = request.path;
  if (request.method === 'POST' && id === undefined) return writeCall(request, entity);
  const read = readOne(request, entity, id, action);
  if (read.writes) {
    const run = (company: Company): Outcome => ({ body: read.run(company) as Body, reads: 0 });
    return { operation: read.operation, writes: true, isBatch: false, run };
  }
  return reading(read.operation, (company) => read.run(company));
}

function recurringCall(request: ApiRequest): Call {
  if (request.method === 'GET')
    return reading('recurringtransaction.read', (company) => readRecurring(company, request.path[1] ?? ''));
  const { operation } = request.query;
  return {
    operation: `recurringtransaction.${operation ?? 'write'}`,
    writes: true,
    isBatch: false,
    run: (company) => ({ body: writeRecurring(company, jsonBody(request), operation), reads: 0 }),
  };
}

/**
 * What a request asks for; routes that do not exist are calls that refuse, so that they are counted and
 * journaled too.
 */
export function callOf(request: ApiRequest): Call {
  const [name = ''] = request.path;
  const { method } = request;
  const entity = findEntity(name);
  if (method !== 'GET' && method !== 'POST')
    return refusing(`${name}.${method.toLowerCase()}`, `${method} ${name}`, 405);
  if (name === 'query') return queryCall(request);
  if (name === 'batch') return method === 'POST' ? batchCall(request) : refusing('batch', 'GET batch', 405);
  if (name === 'cdc') {
    if (method !== 'GET') return refusing('cdc', 'POST cdc', 405);
    return reading('cdc', (company) =>
      changedSince(company, request.query.entities, request.query.changedsince),
    );
  }
  if (name.toLowerCase() === 'taxservice' && method === 'POST')
    return {
      operation: 'taxservice.create',
      writes: true,
      isBatch: false,
      run: (company) => ({ body: createTaxService(company, jsonBody(request)), reads: 0 }),
    };
  if (name.toLowerCase() === 'recurringtransaction') return recurringCall(request);
  if (name === 'upload' && method === 'POST')
    return {
      operation: 'attachable.upload',
      writes: true,
      isBatch: false,
      run: (company) => ({ body: uploadFiles(company, request), reads: 0 }),
    };
  if ((name === 'download' || name === 'attachable-thumbnail') && method === 'GET')
    return reading(`attachable.${name === 'download' ? name : 'thumbnail'}`, (company) =>
      Buffer.from(fileLink(company, request, request.path[1] ?? '')),
    );
  if (name === 'reports' && method === 'GET')
    return reading(`report.${(request.path[1] ?? '').toLowerCase()}`, (company) => ({
      ...(runReport(company, request.path[1] ?? '', request.query) as unknown as Body),
    }));
  if (!entity) return refusing('unknown', `${method} ${request.path.join('/')}`, 404);
  return entityCall(request, entity);
}
