import { Injectable } from '@nestjs/common';
import { assertAllRead } from './errors/all-read.js';
import type { SdkCall } from './http/sdk.client.js';
import { ACTIVE_OR_NOT, ALL_ROWS, where } from './mappers/queries/criteria.js';
import { ACCOUNT } from './mappers/reading/entities.js';
import { incomeAccountOf } from './mappers/reading/income-account.js';
import { type Condition, ROWS_PER_PAGE_MAX } from './mappers/queries/query.js';
import { accountPayload } from './mappers/writing/to-qbo.js';
import type { QboCompany } from './model/qbo-company.js';
import type { AccountDraft, QboAccount } from './model/qbo-objects.js';
import type { ReadRows } from './model/unreadable.js';
import { readAllPages } from './page-walk.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, CallResult } from './pipeline/qbo-http-pipeline.service.js';

/** The accounts of the general ledger. Throws QboError. */
@Injectable()
export class QboAccountsClient {
  constructor(private readonly calls: EntityCallsService) {}

  /** The active income account that sales are best booked to; null when the company has none. */
  async findIncome(company: QboCompany, options?: CallOptions): Promise<QboAccount | null> {
    const conditions = [['AccountType', 'Income'] as const, ['Active', true] as const];
    const criteria = where(conditions, ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findAccounts(criteria, done);
    const rows = await this.calls.rows(company, 'account.query', ACCOUNT, send, options);
    if (rows.read.length === 0) assertAllRead(rows, 'account.query');
    return incomeAccountOf(rows.read);
  }

  /** The active accounts of a type, in QuickBooks' words: `Other Current Liability`. */
  findActive(company: QboCompany, accountType: string, options?: CallOptions): Promise<ReadRows<QboAccount>> {
    const criteria = where([['AccountType', accountType] as const, ['Active', true] as const], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findAccounts(criteria, done);
    return this.calls.rows(company, 'account.query', ACCOUNT, send, options);
  }

  create(company: QboCompany, draft: AccountDraft, requestId: string): Promise<CallResult<QboAccount>> {
    const payload = accountPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createAccount({ ...payload, requestId }, done);
    return this.calls.write(company, 'account.create', ACCOUNT, send, requestId);
  }

  /** The chart of accounts, inactive ones too: one read for each thousand. */
  list(company: QboCompany, options?: CallOptions): Promise<ReadRows<QboAccount>> {
    return this.pages(company, [ACTIVE_OR_NOT], options);
  }

  /** All accounts of a type, inactive ones too: of one that cannot be read it is known, too, that it is of the type. */
  listOfType(company: QboCompany, accountType: string, options?: CallOptions): Promise<ReadRows<QboAccount>> {
    return this.pages(company, [['AccountType', accountType], ACTIVE_OR_NOT], options);
  }

  private pages(
    company: QboCompany,
    conditions: readonly Condition[],
    options?: CallOptions,
  ): Promise<ReadRows<QboAccount>> {
    return readAllPages((startPosition) => {
      const page = { orderBy: 'Id', startPosition, maxResults: ROWS_PER_PAGE_MAX };
      const criteria = where(conditions, page);
      const send: SdkCall = (sdk, done) => sdk.findAccounts(criteria, done);
      return this.calls.rows(company, 'account.query', ACCOUNT, send, options);
    });
  }
}
