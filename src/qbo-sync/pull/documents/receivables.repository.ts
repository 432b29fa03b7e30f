import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../api/model/qbo-company.js';
import {
  type ControlAccounts,
  COUNTED_BY_LINES,
  type LedgerDocument,
  subledgerEntries,
} from './subledger-entries.js';

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

  /**
   * Has what documents say on these accounts count, where it did not: their accounts were not known for ones of
   * customers or vendors when they were taken in.
   */
  async countLinesOn(
    tx: EntityManager,
    { orgId, realmId }: Company,
    accounts: ControlAccounts,
  ): Promise<void> {
    const ids = [...accounts.receivable, ...accounts.payable];
    if (ids.length === 0) return;
    await this.lock(tx, { orgId, realmId });
    const party = (row: string): string => `
      case when ${row}.party_id is not null
           then json_build_object('kind', ${row}.party_kind, 'id', ${row}.party_id, 'name', ${row}.party_name) end`;
    const documents = await tx.query<(LedgerDocument & DocumentKey)[]>(
      `select d.type, d.qbo_id as id, ${party('d')} as party, d.refund, false as voided,
              json_agg(json_build_object('line', l.line, 'accountId', l.account_id, 'party', ${party('l')},
                                         'cents', l.cents)) as lines
         from qbo_document_lines l
         join qbo_documents d on d.org_id = $1 and d.realm_id = $2 and d.type = l.type and d.qbo_id = l.qbo_id
        where l.org_id = $1 and l.realm_id = $2 and l.type = any($3) and l.account_id = any($4) and d.state = 'live'
        group by d.org_id, d.realm_id, d.type, d.qbo_id`,
      [orgId, realmId, COUNTED_BY_LINES, ids],
    );
    await this.insertEntries(tx, { orgId, realmId }, documents, accounts);
    await this.refresh(tx, { orgId, realmId }, documents);
  }

  /** Writes what documents change of what is owed; what is written already stays. */
  async insertEntries(
    tx: EntityManager,
    { orgId, realmId }: Company,
    documents: readonly (LedgerDocument & DocumentKey)[],
    accounts: ControlAccounts,
  ): Promise<void> {
    const entries = documents.flatMap((document) =>
      subledgerEntries(document, accounts).map((entry) => ({
        type: document.type,
        id: document.id,
        ...entry,
      })),
    );
    await tx.query(
      `insert into qbo_subledger_entries (org_id, realm_id, type, qbo_id, line, ledger, party_kind, party_id,
              party_name, cents)
       select $1, $2, e.type, e.id, e.line, e.ledger, e.party ->> 'kind', e.party ->> 'id', e.party ->> 'name', e.cents
         from jsonb_to_recordset($3::jsonb)
              as e (type text, id text, line integer, ledger text, party jsonb, cents bigint)
       on conflict on constraint qbo_subledger_entries_pkey do nothing`,
      [orgId, realmId, JSON.stringify(entries)],
    );
  }
}
