import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { JobsService } from '../../../jobs/jobs.service.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { Changed, QboPayment } from '../../api/model/qbo-objects.js';
import { type PaymentVersion, QboDocumentsRepository } from './qbo-documents.repository.js';

/** No mirror has an older version of a payment that was never changed. */
const BEFORE_THE_FIRST = -1;

/**
 * Has the mirror follow what is read beside it. A webhook, a check or a comparison reads a payment and the invoices it
 * is on; money and credits on no invoice are told by the mirror, which a poll brings along. Until then the same money
 * would stand on an invoice and on account. Costs one read of the change feed where the mirror lags in this, else none.
 */
@Injectable()
export class MirrorCatchUpService {
  constructor(
    private readonly documents: QboDocumentsRepository,
    private readonly jobs: JobsService,
  ) {}

  /**
   * Part of the caller's transaction, after which a worker reads what changed. `gone` were on an invoice in that
   * version and are no more. Nothing where no mirror is filled.
   */
  async follow(
    tx: EntityManager,
    company: QboCompany,
    payments: readonly Changed<QboPayment>[],
    gone: readonly { paymentId: string; syncToken: number }[],
  ): Promise<void> {
    const known = new Set(payments.map(({ id }) => id));
    const unread = gone.filter(({ paymentId }) => !known.has(paymentId));
    const versions = [
      ...payments.map(versionOf),
      ...unread.map(({ paymentId, syncToken }) => ({
        id: paymentId,
        outdated: syncToken,
        isOnAccount: false,
      })),
    ].filter(({ outdated, isOnAccount }) => outdated !== BEFORE_THE_FIRST || isOnAccount);
    if (versions.length === 0 || !(await this.documents.lagsBehind(tx, company, versions))) return;
    await this.jobs.enqueue(tx, 'qbo.documents.mirror', { orgId: company.orgId });
  }
}

function versionOf(change: Changed<QboPayment>): PaymentVersion {
  if (change.deleted) return { id: change.id, outdated: null, isOnAccount: false };
  const { syncToken, unappliedCents, creditMemoCents, otherMoneyCents } = change.object;
  const isOnAccount = unappliedCents !== 0 || creditMemoCents !== 0 || otherMoneyCents !== 0;
  return { id: change.id, outdated: Number(syncToken) - 1, isOnAccount };
}
