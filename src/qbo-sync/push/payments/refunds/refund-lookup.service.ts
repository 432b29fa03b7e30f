import { Injectable } from '@nestjs/common';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboRefund } from '../../../api/model/qbo-objects.js';
import type { ReadRows } from '../../../api/model/unreadable.js';
import { QboClient } from '../../../api/qbo.client.js';
import type { RefundToRecord } from '../../../operations/operation-payloads.js';
import type { PreparedOperation } from '../../../operations/rows/operation.entity.js';
import { ForgottenDocumentsService } from '../../../operations/questions/forgotten-documents.service.js';
import { assertNoneOfOurs } from '../../../operations/rows/unread-rows.js';
import { isMadeBy, isOf, madeBy } from '../payment-draft.js';
import type { OutboundRefund } from './refund-step.js';

/** Finds in QuickBooks what an operation of ours made of a refund. */
@Injectable()
export class RefundLookupService {
  constructor(
    private readonly forgotten: ForgottenDocumentsService,
    private readonly client: QboClient,
  ) {}

  /** Null where QuickBooks has none. Throws QboError, also where one that may be it cannot be read. */
  async find(
    company: QboCompany,
    { requestId, payload }: PreparedOperation<'refund.create'>,
  ): Promise<QboRefund | null> {
    const entered = await this.client.refunds.find(company, payload.draft.txnDate);
    const { read } = entered;
    const made = madeBy(requestId, read) ?? (await this.madeBeforeRestore(company, payload, read));
    if (made) return made;
    await this.assertNoneOfIt(company, payload.fact, requestId, entered);
    return null;
  }

  /** Whether its receipt may be of a life that the restored database has forgotten. */
  mayBeForgotten({ orgId, payload: { fact } }: Pick<OutboundRefund, 'orgId' | 'payload'>): Promise<boolean> {
    return this.forgotten.mayExist(orgId, fact.proposalId, fact.refundedOn);
  }

  /**
   * Its receipt where it is in the books already: from an earlier attempt whose answer was lost, or from a life that
   * the restored database has forgotten.
   */
  async findMade(
    company: QboCompany,
    { orgId, requestId, attempts, payload }: OutboundRefund,
  ): Promise<QboRefund | null> {
    const { fact, amountCents } = payload;
    if (attempts === 0 && !(await this.mayBeForgotten({ orgId, payload }))) return null;
    const entered = await this.client.refunds.find(company, fact.refundedOn);
    const ofPayment = await this.forgotten.among(company, 'refund.create', receiptsOf(fact, entered.read));
    const made =
      madeBy(requestId, entered.read) ?? ofPayment.find(({ totalCents }) => totalCents === amountCents);
    if (made) return made;
    await this.assertNoneOfIt(company, fact, requestId, entered);
    return null;
  }

  /** None of the rows that cannot be read is of this refund, or of its payment and of no operation here. */
  private async assertNoneOfIt(
    company: QboCompany,
    fact: RefundToRecord,
    requestId: string,
    entered: ReadRows<QboRefund>,
  ): Promise<void> {
    const ofPayment = entered.unreadable.flatMap(({ id, privateNote }) =>
      isOf(fact, privateNote ?? null) ? [{ id, privateNote: privateNote! }] : [],
    );
    const forgotten = await this.forgotten.among(company, 'refund.create', ofPayment);
    const ids = new Set(forgotten.map(({ id }) => id));
    assertNoneOfOurs(entered, 'refund.query', (note, id) => ids.has(id) || isMadeBy(requestId, note));
  }

  /**
   * The receipt of this refund that the CRM made in a life it has forgotten: its mark is of no operation here. Throws
   * where there are some of this payment but none over this amount, since one more would be one too many.
   */
  private async madeBeforeRestore(
    company: QboCompany,
    { fact, amountCents }: { fact: RefundToRecord; amountCents: number },
    made: readonly QboRefund[],
  ): Promise<QboRefund | null> {
    const forgotten = await this.forgotten.among(company, 'refund.create', receiptsOf(fact, made));
    const same = forgotten.find(({ totalCents }) => totalCents === amountCents);
    if (same || forgotten.length === 0) return same ?? null;
    const ids = forgotten.map(({ id }) => id).join(', ');
    throw new QboError(
      'validation',
      `QuickBooks has refund receipts of this payment that are not known here (${ids}), over other amounts.`,
      { operation: 'refund.query' },
    );
  }
}

/** Those of the payment that a refund gives back, by Stripe's reference. */
function receiptsOf(fact: RefundToRecord, made: readonly QboRefund[]): QboRefund[] {
  return made.filter(({ privateNote }) => isOf(fact, privateNote));
}
