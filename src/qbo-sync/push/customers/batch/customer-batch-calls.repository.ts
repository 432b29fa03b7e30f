import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../../platform/time/clock.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboErrorKind } from '../../../api/errors/qbo-error.js';

/** How a call ended: `kind` says why it failed as a whole. */
export interface CallEnd {
  kind?: QboErrorKind;
  intuitTid?: string;
}

/** Every call that carried several customers, by its idempotency key. It is there before the call goes out. */
@Injectable()
export class CustomerBatchCallsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Notes that a call is about to leave. `customers` are those it carries, by the key of their item. */
  async begin(
    { orgId, realmId }: QboCompany,
    requestId: string,
    customers: Readonly<Record<string, number>>,
  ): Promise<void> {
    await this.dataSource.query(
      `insert into customer_batch_calls (request_id, org_id, realm_id, customers, sent_at)
       values ($1, $2, $3, $4, $5)`,
      [requestId, orgId, realmId, JSON.stringify(customers), this.clock.now()],
    );
  }

  /** Notes that it was answered, or why not; as evidence, for nothing goes on by it. */
  async end({ orgId, realmId }: QboCompany, requestId: string, { kind, intuitTid }: CallEnd): Promise<void> {
    await this.dataSource.query(
      `update customer_batch_calls set answered_at = $4, error_kind = $5, intuit_tid = $6
        where org_id = $1 and realm_id = $2 and request_id = $3`,
      [orgId, realmId, requestId, this.clock.now(), kind, intuitTid],
    );
  }
}
