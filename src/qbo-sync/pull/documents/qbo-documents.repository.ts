import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { DocumentType, QboDocument, QboLedgerAccount } from '../../api/model/qbo-documents.js';
import { FEED_MS } from './document-mirrors.repository.js';
import { type DocumentKey, ReceivablesRepository } from './receivables.repository.js';
import type { ControlAccounts } from './subledger-entries.js';
import { after } from '../../../platform/time/after.js';

const KEY = `org_id = $1 and realm_id = $2`;

/** What was learned of a payment beside the mirror. */
export interface PaymentVersion {
  id: string;
  /** The newest version that this is news to; null where it is to every version, as of one that was deleted. */
  outdated: number | null;
  /** Whether it has money on no invoice, or uses money or credits that were. */
  isOnAccount: boolean;
}

/** The mirror of a company's documents. An older version never overwrites a newer one. */
@Injectable()
export class QboDocumentsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly receivables: ReceivablesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes in the chart of accounts. What stands on an account that was not known for one of customers or vendors, as
   * where the chart could not be read when its documents were, counts from then on.
   */
  async replaceAccounts(company: QboCompany, accounts: readonly QboLedgerAccount[]): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const before = await this.controlAccounts(company, tx);
      await this.saveAccounts(tx, company, accounts);
      const now = await this.controlAccounts(company, tx);
      await this.receivables.countLinesOn(tx, company, {
        receivable: new Set([...now.receivable].filter((id) => !before.receivable.has(id))),
        payable: new Set([...now.payable].filter((id) => !before.payable.has(id))),
      });
    });
  }

  private async saveAccounts(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    accounts: readonly QboLedgerAccount[],
  ): Promise<void> {
    await tx.query(
      `insert into qbo_accounts (org_id, realm_id, qbo_id, name, type, sub_type, currency, active)
       select $1, $2, a.id, a.name, a.type, a."subType", a.currency, a.active
         from jsonb_to_recordset($3::jsonb)
              as a (id text, name text, type text, "subType" text, currency text, active boolean)
       on conflict on constraint qbo_accounts_pkey do update
          set name = excluded.name, type = excluded.type, sub_type = excluded.sub_type,
              currency = excluded.currency, active = excluded.active`,
      [orgId, realmId, JSON.stringify(accounts)],
    );
  }

  /** Whether the chart of accounts has all of these. */
  async knowsAccounts({ orgId, realmId }: QboCompany, ids: readonly string[]): Promise<boolean> {
    const [row] = await this.dataSource.query<[{ known: number }]>(
      `select count(*)::int as known from qbo_accounts where ${KEY} and qbo_id = any($3)`,
      [orgId, realmId, ids],
    );
    return row.known === ids.length;
  }

  /** Whether any chart was read. */
  async hasChart({ orgId, realmId }: QboCompany): Promise<boolean> {
    const [row] = await this.dataSource.query<[{ hasChart: boolean }]>(
      prepared(`select exists (select from qbo_accounts where ${KEY}) as "hasChart"`),
      [orgId, realmId],
    );
    return row.hasChart;
  }

  private async controlAccounts(
    { orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>,
    tx: EntityManager,
  ): Promise<ControlAccounts> {
    const rows = await tx.query<{ id: string; type: string }[]>(
      `select qbo_id as id, type from qbo_accounts
        where ${KEY} and type in ('Accounts Receivable', 'Accounts Payable')`,
      [orgId, realmId],
    );
    const of = (type: string) => new Set(rows.filter((row) => row.type === type).map(({ id }) => id));
    return { receivable: of('Accounts Receivable'), payable: of('Accounts Payable') };
  }

  /** Takes in documents of which each occurs once; what is there in this version or a newer one stays. */
  async upsert(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    documents: readonly QboDocument[],
  ): Promise<void> {
    if (documents.length === 0) return;
    await this.receivables.lock(tx, { orgId, realmId });
    // Under the lock: a chart that is read at this moment counts these lines after it.
    const accounts = await this.controlAccounts({ orgId, realmId }, tx);
    const heads = documents.map(({ lines: _lines, links: _links, party, voided, ...head }) => ({
      ...head,
      partyKind: party?.kind ?? null,
      partyId: party?.id ?? null,
      partyName: party?.name ?? null,
      state: voided ? 'void' : 'live',
    }));
    const taken = await tx.query<{ type: DocumentType; id: string }[]>(
      `insert into qbo_documents as d (org_id, realm_id, type, qbo_id, sync_token, txn_on, due_on, number, party_kind,
              party_id, party_name, currency, exchange_rate, total_cents, balance_cents, memo, refund, state,
              last_updated_at, first_seen_at, seen_at)
       select $1, $2, h.type, h.id, h."syncToken", h."txnOn", h."dueOn", h.number, h."partyKind", h."partyId",
              h."partyName", h.currency, h."exchangeRate", h."totalCents", h."balanceCents", h.memo, h.refund, h.state,
              h."lastUpdatedAt", $4, $4
         from jsonb_to_recordset($3::jsonb) as h (type text, id text, "syncToken" bigint, "txnOn" date, "dueOn" date,
              number text, "partyKind" text, "partyId" text, "partyName" text, currency text, "exchangeRate" numeric,
              "totalCents" bigint, "balanceCents" bigint, memo text, refund boolean, state text,
              "lastUpdatedAt" timestamptz)
        order by h.type, h.id
       on conflict on constraint qbo_documents_pkey do update
          set sync_token = excluded.sync_token, txn_on = excluded.txn_on, due_on = excluded.due_on,
              number = excluded.number, party_kind = excluded.party_kind, party_id = excluded.party_id,
              party_name = excluded.party_name, currency = excluded.currency,
              exchange_rate = excluded.exchange_rate, total_cents = excluded.total_cents,
              balance_cents = excluded.balance_cents, memo = excluded.memo, refund = excluded.refund,
              state = excluded.state, last_updated_at = excluded.last_updated_at, seen_at = excluded.seen_at
        where d.sync_token < excluded.sync_token or d.state = 'deleted'
       returning d.type, d.qbo_id as id`,
      [orgId, realmId, JSON.stringify(heads), this.clock.now()],
    );
    const fresh = new Set(taken.map(({ type, id }) => `${type}:${id}`));
    const renewed = documents.filter(({ type, id }) => fresh.has(`${type}:${id}`));
    const touched = await this.clear(tx, { orgId, realmId }, renewed);
    await this.insertParts(tx, { orgId, realmId }, renewed, accounts);
    await this.receivables.refresh(tx, { orgId, realmId }, touched);
  }

  /**
   * Whether a filled mirror that the change feed still reaches has one of these payments in a version that is outdated,
   * or lacks one that moves what is on account.
   */
  async lagsBehind(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    payments: readonly PaymentVersion[],
  ): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      prepared(`select from qbo_document_mirrors m
        cross join json_to_recordset($3::json) as n (id text, outdated bigint, "isOnAccount" boolean)
         left join qbo_documents d on d.org_id = $1 and d.realm_id = $2 and d.type = 'Payment' and d.qbo_id = n.id
        where m.org_id = $1 and m.realm_id = $2 and m.filled_at is not null and m.changed_since > $4
          and case when d.qbo_id is null then n."isOnAccount"
                   else d.state <> 'deleted' and d.sync_token <= coalesce(n.outdated, d.sync_token) end
        limit 1`),
      [orgId, realmId, JSON.stringify(payments), after(this.clock.now(), -FEED_MS)],
    );
    return rows.length > 0;
  }

  /** What was deleted stays by its head, so that it can be told why a figure is another than before. */
  async markDeleted(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    gone: readonly { type: DocumentType; id: string }[],
  ): Promise<void> {
    if (gone.length === 0) return;
    await this.receivables.lock(tx, { orgId, realmId });
    await tx.query(
      `update qbo_documents d set state = 'deleted', balance_cents = 0, seen_at = $4
         from jsonb_to_recordset($3::jsonb) as g (type text, id text)
        where d.org_id = $1 and d.realm_id = $2 and d.type = g.type and d.qbo_id = g.id and d.state <> 'deleted'`,
      [orgId, realmId, JSON.stringify(gone), this.clock.now()],
    );
    await this.receivables.refresh(tx, { orgId, realmId }, await this.clear(tx, { orgId, realmId }, gone));
  }

  /**
   * Marks deleted what QuickBooks no longer lists among all documents of a type, but for what is known to have been
   * there since `before`, when the list was begun.
   */
  async markMissing(
    company: QboCompany,
    type: DocumentType,
    { listed, before }: { listed: readonly string[]; before: Date },
  ): Promise<void> {
    const gone = await this.dataSource.query<{ type: DocumentType; id: string }[]>(
      `select type, qbo_id as id from qbo_documents
        where ${KEY} and type = $3 and state <> 'deleted' and qbo_id <> all ($4::text[]) and seen_at < $5`,
      [company.orgId, company.realmId, type, listed, before],
    );
    await this.dataSource.transaction((tx) => this.markDeleted(tx, company, gone));
  }

  /** Answers the documents whose receivables it changes: these, and what they settled. */
  private async clear(
    tx: EntityManager,
    { orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>,
    documents: readonly { type: DocumentType; id: string }[],
  ): Promise<readonly DocumentKey[]> {
    if (documents.length === 0) return [];
    const own = documents.map(({ type, id }): DocumentKey => ({ type, id }));
    const keys = JSON.stringify(own);
    const settled = await tx.query<DocumentKey[]>(
      `select l.to_type as type, l.to_id as id
         from jsonb_to_recordset($3::jsonb) as k (type text, id text)
         join qbo_document_links l on l.org_id = $1 and l.realm_id = $2 and l.type = k.type and l.qbo_id = k.id
        where k.type = 'Payment'`,
      [orgId, realmId, keys],
    );
    for (const table of ['qbo_document_lines', 'qbo_document_links', 'qbo_subledger_entries']) {
      await tx.query(
        `delete from ${table} t using jsonb_to_recordset($3::jsonb) as k (type text, id text)
          where t.org_id = $1 and t.realm_id = $2 and t.type = k.type and t.qbo_id = k.id`,
        [orgId, realmId, keys],
      );
    }
    return [...own, ...settled];
  }

  private async insertParts(
    tx: EntityManager,
    { orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>,
    documents: readonly QboDocument[],
    accounts: ControlAccounts,
  ): Promise<void> {
    const of = (parts: (document: QboDocument) => readonly object[]): string =>
      JSON.stringify(
        documents.flatMap((document) =>
          parts(document).map((part) => ({ type: document.type, id: document.id, ...part })),
        ),
      );
    await tx.query(
      `insert into qbo_document_lines (org_id, realm_id, type, qbo_id, line, account_id, item_id, party_kind, party_id,
              party_name, description, cents, billable)
       select $1, $2, l.type, l.id, l.line, l."accountId", l."itemId", l.party ->> 'kind', l.party ->> 'id',
              l.party ->> 'name', l.description, l.cents, l.billable
         from jsonb_to_recordset($3::jsonb) as l (type text, id text, line integer, "accountId" text, "itemId" text,
              party jsonb, description text, cents bigint, billable boolean)`,
      [orgId, realmId, of((document) => document.lines)],
    );
    await tx.query(
      `insert into qbo_document_links (org_id, realm_id, type, qbo_id, line, to_type, to_id, cents)
       select $1, $2, l.type, l.id, l.line, l."toType", l."toId", l.cents
         from jsonb_to_recordset($3::jsonb)
              as l (type text, id text, line integer, "toType" text, "toId" text, cents bigint)`,
      [orgId, realmId, of((document) => document.links)],
    );
    await this.receivables.insertEntries(tx, { orgId, realmId }, documents, accounts);
  }
}
