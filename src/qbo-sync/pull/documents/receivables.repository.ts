import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../api/model/qbo-company.js';

/** A document by QuickBooks' name of its type, or by what a link calls it. */
export interface DocumentKey {
  type: string;
  id: string;
}

type Company = Pick<QboCompany, 'orgId' | 'realmId'>;

/** What is open of each receivable of a company, kept beside the mirror of its documents. */
@Injectable()
export class ReceivablesRepository {
  /** Has this transaction be the only one that changes documents of the company; taken before the first change. */
  async lock(tx: EntityManager, { orgId, realmId }: Company): Promise<void> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `receivables:${orgId}:${realmId}`,
    ]);
  }

  /** Works out anew what is open by documents that changed, by what they settle and by what settles them. */
  async refresh(
    tx: EntityManager,
    { orgId, realmId }: Company,
    documents: readonly DocumentKey[],
  ): Promise<void> {
    if (documents.length === 0) return;
    await tx.query('select refresh_qbo_receivables($1, $2, $3)', [orgId, realmId, JSON.stringify(documents)]);
  }
}
