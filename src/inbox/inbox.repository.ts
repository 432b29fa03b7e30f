import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../platform/database/statements/prepared.js';
import { Clock } from '../platform/time/clock.js';
import { InboxHistoryRepository } from './inbox-history.repository.js';
import type { InboxItem, RetryManner } from './inbox-item.js';
import { InboxItemsRepository } from './inbox-items.repository.js';
import { type InboxCode, inboxMessageOf } from '../messages/inbox-messages.js';
import { withIds } from '../messages/with-ids.js';

export interface NewInboxItem {
  orgId: number;
  /** What it is about, such as `invoice.create:17`: one open item per subject. */
  subject: string;
  code: InboxCode;
  /** QuickBooks' own code behind it, where there is one. */
  qboCode?: string;
  /** One plain sentence: who, what, how much, why. */
  reason: string;
  /** Where the code's own next step is not the best there is. */
  nextStep?: string;
  /** Where it cannot be tried again as its code says; null where there is nothing to try. */
  retry?: RetryManner | null;
  proposalId?: number | null;
  customerId?: number | null;
  /** Of the payment it is about, for the routes that the next step names. */
  paymentId?: number | null;
  /** Of the invoice it is about, for the same. */
  invoiceId?: number | null;
  /** Of the change order it is about, for the same. */
  changeOrderNumber?: number | null;
  operationId?: string | null;
  intuitTid?: string | null;
}

/** Where the features say what waits for a person, and that it came right. Each has its line in the history. */
@Injectable()
export class InboxRepository {
  constructor(
    private readonly items: InboxItemsRepository,
    private readonly history: InboxHistoryRepository,
    private readonly clock: Clock,
  ) {}

  /** Puts an item in. An open one about the same subject is brought up to date instead. */
  async open(tx: EntityManager, item: NewInboxItem): Promise<void> {
    const known = await this.items.findOpenOf(tx, item.orgId, item.subject);
    if (known) return this.change(tx, known, item);
    const itemId = await this.insertOnce(tx, item);
    if (itemId === null) {
      // Another transaction was first, and has committed: a unique key waits for it.
      const first = await this.items.findOpenOf(tx, item.orgId, item.subject);
      return first ? this.change(tx, first, item) : this.open(tx, item);
    }
    const again = await this.hasEarlier(tx, item, itemId);
    await this.note(tx, itemId, item, again ? 'opened_again' : 'opened');
  }

  /**
   * Says the reason of the open item anew, without a line in the history: for a figure in it that moves by itself.
   * Answers false where none is open.
   */
  async restate(tx: EntityManager, orgId: number, subject: string, reason: string): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      `update inbox_items
          set reason = $3, updated_at = case when reason = $3 then updated_at else $4 end
        where org_id = $1 and subject = $2 and state = 'open' returning 1`,
      [orgId, subject, reason, this.clock.now()],
    );
    return rows.length > 0;
  }

  /** Says what is to be done next about the open item anew, without a line in the history, as for `restate`. */
  async advise(tx: EntityManager, orgId: number, subject: string, nextStep: string): Promise<void> {
    await tx.query(
      `update inbox_items set next_step = $3, updated_at = $4
        where org_id = $1 and subject = $2 and state = 'open' and next_step <> $3`,
      [orgId, subject, nextStep, this.clock.now()],
    );
  }

  /**
   * Opens the newest item about a subject once more, as it was, where it closed by itself and not before `since`: what
   * had closed it holds no more. Answers false where there is none.
   */
  async openAgain(tx: EntityManager, orgId: number, subject: string, since: Date): Promise<boolean> {
    const [closed] = await tx.query<NewInboxItem[]>(
      `select code, qbo_code as "qboCode", reason, next_step as "nextStep", retry, proposal_id as "proposalId",
              customer_id as "customerId", operation_id as "operationId", intuit_tid as "intuitTid"
         from (select * from inbox_items where org_id = $1 and subject = $2 order by id desc limit 1) newest
        where state = 'resolved' and closed_by is null and closed_at >= $3`,
      [orgId, subject, since],
    );
    if (closed) await this.open(tx, { ...closed, orgId, subject });
    return closed !== undefined;
  }

  /** Closes the open item about a subject, because it came right. */
  async resolveSubject(tx: EntityManager, orgId: number, subject: string): Promise<void> {
    await this.resolveSubjects(tx, orgId, [subject]);
  }

  /** The same of many. */
  async resolveSubjects(tx: EntityManager, orgId: number, subjects: readonly string[]): Promise<void> {
    const [rows] = await tx.query<[{ id: number }[], number]>(
      prepared(`update inbox_items
          set state = 'resolved', closed_at = $3, updated_at = $3, retry_queued_at = null, retry_queued_by = null
        where org_id = $1 and subject = any($2) and state = 'open' returning id::int as id`),
      [orgId, subjects, this.clock.now()],
    );
    for (const { id: itemId } of rows) await this.history.note(tx, { orgId, itemId, event: 'resolved' });
  }

  /** Closes this open item for the same: another about its subject, which was opened since, is another question. */
  async resolveItem(tx: EntityManager, orgId: number, itemId: number): Promise<void> {
    const [rows] = await tx.query<[unknown[], number]>(
      `update inbox_items
          set state = 'resolved', closed_at = $3, updated_at = $3, retry_queued_at = null, retry_queued_by = null
        where org_id = $1 and id = $2 and state = 'open' returning 1`,
      [orgId, itemId, this.clock.now()],
    );
    if (rows.length === 1) await this.history.note(tx, { orgId, itemId, event: 'resolved' });
  }

  /** True while an item about a subject is open. */
  async hasOpen(tx: EntityManager, orgId: number, subject: string): Promise<boolean> {
    return (await this.items.findOpenOf(tx, orgId, subject)) !== null;
  }

  /** The code of the open item about a subject; null where none is open. */
  async openCode(tx: EntityManager, orgId: number, subject: string): Promise<InboxCode | null> {
    return (await this.items.findOpenOf(tx, orgId, subject))?.code ?? null;
  }

  /** Those of these subjects about which there is an item, open or closed. */
  async askedSubjects(tx: EntityManager, orgId: number, subjects: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ subject: string }[]>(
      prepared('select distinct subject from inbox_items where org_id = $1 and subject = any($2)'),
      [orgId, subjects],
    );
    return new Set(rows.map(({ subject }) => subject));
  }

  /** Those of these subjects about which a person is asked, or was and has decided; not where that closed by itself. */
  async standingSubjects(
    tx: EntityManager,
    orgId: number,
    subjects: readonly string[],
  ): Promise<Set<string>> {
    const rows = await tx.query<{ subject: string }[]>(
      prepared(`select subject
         from (select distinct on (subject) subject, state, closed_by from inbox_items
                where org_id = $1 and subject = any($2) order by subject, id desc) newest
        where state = 'open' or closed_by is not null`),
      [orgId, subjects],
    );
    return new Set(rows.map(({ subject }) => subject));
  }

  /** What a person last decided about a subject, whenever that was; null where nobody did. */
  async lastDecision(
    tx: EntityManager,
    orgId: number,
    subject: string,
  ): Promise<'resolved' | 'dismissed' | null> {
    return this.decisionSince(tx, orgId, subject, new Date(0));
  }

  /** The same, not before `since`. */
  async decisionSince(
    tx: EntityManager,
    orgId: number,
    subject: string,
    since: Date,
  ): Promise<'resolved' | 'dismissed' | null> {
    const [item] = await tx.query<{ state: 'resolved' | 'dismissed' }[]>(
      `select state from inbox_items
        where org_id = $1 and subject = $2 and closed_by is not null and closed_at >= $3
        order by id desc
        limit 1`,
      [orgId, subject, since],
    );
    return item?.state ?? null;
  }

  /** What a person decided about the newest item on a subject; null while it is open, and where it closed by itself. */
  async standingDecision(
    tx: EntityManager,
    orgId: number,
    subject: string,
  ): Promise<'resolved' | 'dismissed' | null> {
    const [newest] = await tx.query<{ decision: 'resolved' | 'dismissed' | null }[]>(
      `select case when closed_by is not null then state end as decision from inbox_items
        where org_id = $1 and subject = $2 order by id desc limit 1`,
      [orgId, subject],
    );
    return newest?.decision ?? null;
  }

  /** True where a person has resolved a question on a subject, whatever was asked about it since. */
  async wasResolved(tx: EntityManager, orgId: number, subject: string): Promise<boolean> {
    const [{ was }] = await tx.query<[{ was: boolean }]>(
      `select exists (select from inbox_items
                       where org_id = $1 and subject = $2 and state = 'resolved' and closed_by is not null) as was`,
      [orgId, subject],
    );
    return was;
  }

  private async change(tx: EntityManager, known: InboxItem, item: NewInboxItem): Promise<void> {
    await tx.query(
      `update inbox_items
          set code = $3, qbo_code = $4, reason = $5, next_step = $6, retry = $7, intuit_tid = $8, updated_at = $9,
              operation_id = coalesce($10, operation_id)
        where org_id = $1 and id = $2`,
      [known.orgId, known.id, ...statedIn(item), this.clock.now(), item.operationId],
    );
    if (known.code === item.code && known.reason === item.reason) return;
    await this.note(tx, known.id, item, 'changed');
  }

  /** Null where an open one about the same subject is there. */
  private async insertOnce(tx: EntityManager, item: NewInboxItem): Promise<number | null> {
    const [row] = await tx.query<{ id: number }[]>(
      `insert into inbox_items (org_id, subject, code, qbo_code, reason, next_step, retry, intuit_tid, created_at,
                                updated_at, proposal_id, customer_id, operation_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)
       on conflict (org_id, subject) where state = 'open' do nothing returning id::int as id`,
      [
        item.orgId,
        item.subject,
        ...statedIn(item),
        this.clock.now(),
        item.proposalId,
        item.customerId,
        item.operationId,
      ],
    );
    return row?.id ?? null;
  }

  private async hasEarlier(
    tx: EntityManager,
    { orgId, subject }: NewInboxItem,
    id: number,
  ): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'select from inbox_items where org_id = $1 and subject = $2 and id <> $3 limit 1',
      [orgId, subject, id],
    );
    return rows.length > 0;
  }

  private async note(
    tx: EntityManager,
    itemId: number,
    { orgId, code, qboCode, reason, intuitTid }: NewInboxItem,
    event: 'opened' | 'opened_again' | 'changed',
  ): Promise<void> {
    await this.history.note(tx, { orgId, itemId, event, code, qboCode, reason, intuitTid });
  }
}

/** What is said of an item: code, QuickBooks' code, reason, next step, retry, trace id. */
function statedIn({ code, qboCode, reason, nextStep, retry, intuitTid, ...about }: NewInboxItem): unknown[] {
  const known = inboxMessageOf(code);
  const byCode = known.retryable === 'never' ? null : known.retryable;
  const step = withIds(nextStep ?? known.nextStep, about);
  return [code, qboCode, reason, step, retry === undefined ? byCode : retry, intuitTid];
}
