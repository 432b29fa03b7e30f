import { Injectable } from '@nestjs/common';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboPayment } from '../../api/model/qbo-objects.js';
import { QboClient } from '../../api/qbo.client.js';
import { ForgottenDocumentsService } from '../../operations/questions/forgotten-documents.service.js';
import type { PaymentToRecord } from '../../operations/operation-payloads.js';
import type { OutboundOperation, PreparedOperation } from '../../operations/rows/operation.entity.js';
import { OperationTriesRepository } from '../../operations/rows/operation-tries.repository.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { assertNoneOfOurs } from '../../operations/rows/unread-rows.js';
import { isMadeBy, isOf, madeBy } from './payment-draft.js';

/** Finds in QuickBooks what an operation of ours made of a payment. */
@Injectable()
export class PaymentLookupService {
  constructor(
    private readonly tries: OperationTriesRepository,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly client: QboClient,
  ) {}

  /** Null where QuickBooks has none. Throws QboError, also where one that may be it cannot be read. */
  async find(
    company: QboCompany,
    { orgId, entityId, payload: { fact, draft } }: PreparedOperation<'payment.create'>,
  ): Promise<QboPayment | null> {
    return this.lookUp(company, { orgId, paymentId: entityId, fact, since: draft.txnDate });
  }

  /**
   * The payment where it is in the books already: as an earlier try made it whose answer was lost, or as the database,
   * restored from a backup, does not know, by an operation that is not known either, or by one that still waited when
   * the backup was made.
   */
  async findMade(
    company: QboCompany,
    { generation, payload: { fact } }: Pick<OutboundOperation<'payment.create'>, 'generation' | 'payload'>,
  ): Promise<QboPayment | null> {
    const { orgId, proposalId, paymentId, paidOn } = fact;
    if (generation === 1 && !(await this.forgotten.mayExist(orgId, proposalId, paidOn))) return null;
    return this.lookUp(company, { orgId, paymentId, fact, since: paidOn });
  }

  private async lookUp(
    company: QboCompany,
    { orgId, paymentId, fact, since }: Sought,
  ): Promise<QboPayment | null> {
    const entered = await this.client.payments.find(company, since);
    const tries = await this.tries.listOf('payment.create', orgId, paymentId);
    const ours = tries.map(({ requestId }) => madeBy(requestId, entered.read)).find((one) => one !== null);
    const found = ours ?? (await this.madeBeforeRestore(company, fact, entered.read));
    if (found) return found;
    assertNoneOfOurs(
      entered,
      'payment.query',
      (note) => isOf(fact, note) || tries.some(({ requestId }) => isMadeBy(requestId, note)),
    );
    return null;
  }

  private async madeBeforeRestore(
    company: QboCompany,
    fact: PaymentToRecord,
    made: readonly QboPayment[],
  ): Promise<QboPayment | null> {
    const same = made.filter(
      ({ privateNote, totalCents }) => totalCents === fact.amountCents && isOf(fact, privateNote),
    );
    return (await this.forgotten.among(company, 'payment.create', same))[0] ?? null;
  }
}

interface Sought {
  orgId: number;
  paymentId: number;
  fact: PaymentToRecord;
  /** The first day on which it can have been entered. */
  since: CalendarDay;
}
