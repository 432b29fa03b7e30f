import { Injectable } from '@nestjs/common';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboPayment } from '../../api/model/qbo-objects.js';
import { QboClient } from '../../api/qbo.client.js';
import { ForgottenDocumentsService } from '../../operations/forgotten-documents.service.js';
import type { PaymentToRecord } from '../../operations/operation-payloads.js';
import type { PreparedOperation } from '../../operations/operation.entity.js';
import { OperationTriesRepository } from '../../operations/operation-tries.repository.js';
import { madeBy } from './payment-draft.js';

/** Finds in QuickBooks what an operation of ours made of a payment. */
@Injectable()
export class PaymentLookupService {
  constructor(
    private readonly tries: OperationTriesRepository,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly client: QboClient,
  ) {}

  /** Null where QuickBooks has none. */
  async find(
    company: QboCompany,
    { orgId, entityId, payload: { fact, draft } }: PreparedOperation<'payment.create'>,
  ): Promise<QboPayment | null> {
    const made = await this.client.payments.find(company, draft.txnDate);
    return (await this.madeByTry(orgId, entityId, made)) ?? this.madeBeforeRestore(company, fact, made);
  }

  /**
   * The payment where it is in the books although the database, restored from a backup, does not know: by an operation
   * that is not known either, or by one that still waited when the backup was made.
   */
  async findForgotten(company: QboCompany, fact: PaymentToRecord): Promise<QboPayment | null> {
    if (!(await this.forgotten.mayExist(fact.orgId, fact.proposalId))) return null;
    const made = await this.client.payments.find(company, fact.paidOn);
    const known = await this.madeByTry(fact.orgId, fact.paymentId, made);
    return known ?? this.madeBeforeRestore(company, fact, made);
  }

  private async madeByTry(
    orgId: number,
    paymentId: number,
    made: readonly QboPayment[],
  ): Promise<QboPayment | null> {
    const tries = await this.tries.listOf('payment.create', orgId, paymentId);
    return tries.map(({ requestId }) => madeBy(requestId, made)).find((one) => one !== null) ?? null;
  }

  private async madeBeforeRestore(
    company: QboCompany,
    { reference, amountCents }: PaymentToRecord,
    made: readonly QboPayment[],
  ): Promise<QboPayment | null> {
    const same = made.filter(
      ({ privateNote, totalCents }) =>
        totalCents === amountCents && (privateNote ?? '').endsWith(`Stripe ${reference}`),
    );
    return (await this.forgotten.among(company, 'payment.create', same))[0] ?? null;
  }
}
