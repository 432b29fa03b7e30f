import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import type { SortedWindow, SortPosition } from '../platform/http/lists/sorted-page.js';
import { DomainError, notFound } from '../platform/errors/domain-error.js';
import { OrgSettingsService } from '../orgs/settings/org-settings.service.js';
import { closedWords } from './closed-words.js';
import type { InboxEvent } from './inbox-event.js';
import { InboxHistoryRepository } from './inbox-history.repository.js';
import type { InboxItem, ItemDecision } from './inbox-item.js';
import { type Decision, type InboxFilter, InboxItemsRepository } from './inbox-items.repository.js';
import { InboxRetriesService } from './inbox-retries.service.js';
import {
  beingRetried,
  type FoundDocument,
  type ItemChoices,
  nothingToRetry,
  ResolutionsService,
} from './resolutions.service.js';

/** What a person sees and decides about what got stuck. Whatever is decided stays on record. */
@Injectable()
export class InboxService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly items: InboxItemsRepository,
    private readonly history: InboxHistoryRepository,
    private readonly retries: InboxRetriesService,
    private readonly resolutions: ResolutionsService,
    private readonly audit: AuditService,
    private readonly settings: OrgSettingsService,
  ) {}

  async list(
    orgId: number,
    filter: InboxFilter,
    window: SortedWindow,
  ): Promise<(InboxItem & SortPosition)[]> {
    return this.items.list(this.dataSource.manager, orgId, filter, window);
  }

  /** One item, open or closed, with everything that happened about its subject. */
  async get(orgId: number, id: number): Promise<{ item: InboxItem; history: InboxEvent[] }> {
    const { manager } = this.dataSource;
    const item = await this.items.find(manager, orgId, id);
    if (!item) throw notFound('inbox item', id);
    return { item, history: await this.history.listOfSubject(manager, orgId, item.subject) };
  }

  choicesOf(item: InboxItem): ItemChoices {
    return this.resolutions.choicesOf(item);
  }

  async dismiss({ orgId, userId }: AuthenticatedUser, id: number, reason?: string | null): Promise<void> {
    const decision: Decision = { state: 'dismissed', userId, reason };
    await this.dataSource.transaction((tx) => this.close(tx, orgId, id, decision));
  }

  /**
   * Closes what a person mended. With the document they found it is tied to what waited for it, in one transaction with
   * the item's end; where that is not plausible, nothing changes. What they decided instead is done.
   */
  async resolve(
    user: AuthenticatedUser,
    id: number,
    found: FoundDocument | null,
    action?: ItemDecision,
  ): Promise<void> {
    const { orgId, userId } = user;
    const decision: Decision = { state: 'resolved', userId, qboId: found?.id };
    const close = (tx: EntityManager): Promise<void> => this.close(tx, orgId, id, decision);
    if (action) return this.resolutions.decide(user, await this.openItem(orgId, id), action, close);
    if (!found) return this.dataSource.transaction(close);
    await this.resolutions.adopt(await this.openItem(orgId, id), found, close);
  }

  /** Tries the thing again. Answers why it did not work; null when it did and the item is closed. */
  async retry({ orgId, userId }: AuthenticatedUser, id: number): Promise<string | null> {
    const item = await this.openItem(orgId, id);
    if (item.retry === null) throw nothingToRetry(item);
    await this.audit.record(this.dataSource.manager, orgId, {
      action: 'inbox.retried',
      subject: `inbox:${id}`,
      proposalId: item.proposalId,
      after: { code: item.code },
    });
    return this.retries.runNow(item, userId, () => this.openItem(orgId, id));
  }

  private async openItem(orgId: number, id: number): Promise<InboxItem> {
    const item = await this.items.find(this.dataSource.manager, orgId, id);
    if (item?.state !== 'open') throw await this.notOpen(this.dataSource.manager, orgId, id);
    return item;
  }

  /** Why nothing can be decided about it: it is not there, or it is closed, by whom and when. */
  private async notOpen(tx: EntityManager, orgId: number, id: number): Promise<DomainError> {
    const item = await this.items.find(tx, orgId, id);
    if (!item) return notFound('inbox item', id);
    const history = await this.history.listOfSubject(tx, orgId, item.subject);
    const { timeZone } = await this.settings.get(orgId, tx);
    return new DomainError('conflict', 'inbox_item_closed', closedWords(item, history, timeZone));
  }

  private async close(tx: EntityManager, orgId: number, id: number, decision: Decision): Promise<void> {
    const item = await this.items.find(tx, orgId, id);
    if (item?.state === 'open') await this.resolutions.closed(tx, item, decision.state);
    const unlessTried = item !== null && this.resolutions.isClosedAfterRetry(item);
    if (!(await this.items.close(tx, orgId, id, decision, { unlessTried }))) {
      const now = await this.items.find(tx, orgId, id);
      throw now?.state === 'open' ? beingRetried() : await this.notOpen(tx, orgId, id);
    }
    await this.audit.record(tx, orgId, {
      action: decision.state === 'dismissed' ? 'inbox.dismissed' : 'inbox.resolved',
      subject: `inbox:${id}`,
      proposalId: item?.proposalId,
      before: { state: 'open' },
      after: {
        state: decision.state,
        code: item?.code,
        qbo_id: decision.qboId ?? null,
        reason: decision.reason ?? null,
      },
    });
  }
}
