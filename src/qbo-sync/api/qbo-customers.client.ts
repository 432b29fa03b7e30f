import { Injectable } from '@nestjs/common';
import type { QuickBooks } from 'node-quickbooks';
import { assertQboId } from './errors/impossible-id.js';
import type { SdkCall } from './http/sdk.client.js';
import { ACTIVE_OR_NOT, ALL_ROWS, where } from './mappers/queries/criteria.js';
import {
  type CustomerAnswers,
  customerBatchPayload,
  type CustomerRequest,
  readCustomerAnswers,
} from './mappers/writing/customer-batch.js';
import { CUSTOMER } from './mappers/reading/entities.js';
import { ROWS_PER_PAGE_MAX } from './mappers/queries/query.js';
import { readRows, readTime } from './mappers/reading/response-parser.js';
import { customerPatchPayload, customerPayload } from './mappers/writing/to-qbo.js';
import type { QboCompany } from './model/qbo-company.js';
import type { CustomerDraft, CustomerPatch, QboCustomer, QboCustomers } from './model/qbo-objects.js';
import type { ReadRows } from './model/unreadable.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, CallResult } from './pipeline/qbo-http-pipeline.service.js';

type BatchItems = Parameters<QuickBooks['batch']>[0];

/** Customers. Throws QboError. */
@Injectable()
export class QboCustomersClient {
  constructor(private readonly calls: EntityCallsService) {}

  create(company: QboCompany, draft: CustomerDraft, requestId: string): Promise<CallResult<QboCustomer>> {
    const payload = customerPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createCustomer({ ...payload, requestId }, done);
    return this.calls.write(company, 'customer.create', CUSTOMER, send, requestId);
  }

  /** Changes only what the patch names. Throws QboError `stale` when the customer is no longer at this SyncToken. */
  update(company: QboCompany, patch: CustomerPatch, requestId?: string): Promise<CallResult<QboCustomer>> {
    const payload = customerPatchPayload(patch);
    const send: SdkCall = (sdk, done) => sdk.updateCustomer({ ...payload, requestId }, done);
    return this.calls.write(company, 'customer.update', CUSTOMER, send, requestId);
  }

  /**
   * Up to 30 creations and changes of customers in one call, under a requestid of at most 36 characters. Each is
   * answered by itself; one that QuickBooks left out is `uncertain`. Throws QboError where the call failed as a whole.
   */
  batch(
    company: QboCompany,
    requests: readonly CustomerRequest[],
    requestId: string,
  ): Promise<CallResult<CustomerAnswers>> {
    return this.calls.call(company, {
      operation: 'customer.batch',
      send: (sdk, done) => sdk.batch(customerBatchPayload(requests) as BatchItems, done),
      beside: { query: { requestid: requestId } },
      read: (body) => readCustomerAnswers(body, requests),
      requestId,
    });
  }

  async get(company: QboCompany, id: string, options?: CallOptions): Promise<QboCustomer> {
    assertQboId('customer', id);
    return this.calls.one(
      company,
      'customer.read',
      CUSTOMER,
      (sdk, done) => sdk.getCustomer(id, done),
      options,
    );
  }

  /** Customers of this name, inactive ones too. Upper and lower case are the same to QuickBooks. */
  findByDisplayName(
    company: QboCompany,
    name: string,
    options?: CallOptions,
  ): Promise<ReadRows<QboCustomer>> {
    const criteria = where([['DisplayName', name], ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findCustomers(criteria, done);
    return this.calls.rows(company, 'customer.query', CUSTOMER, send, options);
  }

  /** A page of at most 1,000 customers, inactive ones too, by id, from a position that counts from 1. */
  list(company: QboCompany, startPosition: number, options?: CallOptions): Promise<QboCustomers> {
    const page = { orderBy: 'Id', startPosition, maxResults: ROWS_PER_PAGE_MAX };
    const criteria = where([ACTIVE_OR_NOT], page);
    const send: SdkCall = (sdk, done) => sdk.findCustomers(criteria, done);
    const read = (body: object): QboCustomers => {
      const rows = readRows(body, CUSTOMER);
      const full = rows.count >= ROWS_PER_PAGE_MAX;
      const { read: customers, unreadable, ids } = rows;
      return { customers, unreadable, ids, full, asOf: readTime(body) };
    };
    return this.calls.read(company, { operation: 'customer.query', send, read }, options);
  }
}
