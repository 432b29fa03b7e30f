import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../platform/errors/domain-error.js';
import { Registrations } from '../platform/registrations.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { type InboxItem, type ItemDecision, partsOf } from './inbox-item.js';

/** A document in QuickBooks that a person found by hand. */
export interface FoundDocument {
  entity: 'customer' | 'invoice' | 'payment' | 'refund' | 'credit memo';
  id: string;
}

/** What can be done from the inbox about one kind of subject. */
export interface ResolutionHandler {
  /** The document that settles it; of a subject `invoice.create` an invoice, where it is left out. */
  readonly takes?: FoundDocument['entity'];
  /**
   * Whoever closes the item has done by hand what a retry does as well: it is closed by nobody while one is under way.
   */
  readonly isClosedAfterRetry?: true;
  /** Tries it again, safely however often. Answers why it is not right yet; null when it is. */
  retry?(orgId: number, id: string): Promise<string | null>;
  /**
   * Takes a document that a person found for what was wanted, after a look at it; `also` is part of the transaction.
   * Throws where it is not plausible, and then nothing has changed. Left out where no document settles it.
   */
  adopt?(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void>;
  /** Does what a person decided without a document; `also` as above. Left out where there is nothing to decide. */
  decide?(
    user: AuthenticatedUser,
    id: string,
    decision: ItemDecision,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void>;
  /** Part of the transaction in which a person closes the item, and before it: what follows from their word. */
  closed?(tx: EntityManager, orgId: number, id: string, state: ClosedBy): Promise<void>;
}

/** The document that settles an item, and whether something can be decided in place of one. */
export interface ItemChoices {
  takes: FoundDocument['entity'] | null;
  decides: boolean;
}

/** That a person has mended it, or that nothing is to be done. */
type ClosedBy = 'resolved' | 'dismissed';

/** Where the features leave what can be done about their items; the inbox knows none of them. */
@Injectable()
export class ResolutionsService {
  private readonly byKind = new Registrations<ResolutionHandler>('resolve the items of');

  /** `kind` is the part of the subjects before the colon. Throws where another service has it. */
  register(kind: string, handler: ResolutionHandler): void {
    this.byKind.add(kind, handler);
  }

  /** What can be named or decided about an item, beside closing it. */
  choicesOf({ subject }: Pick<InboxItem, 'subject'>): ItemChoices {
    const { kind } = partsOf(subject);
    const handler = this.byKind.get(kind);
    const takes = handler?.takes ?? (kind.replace(/\.create$/, '') as FoundDocument['entity']);
    return { takes: handler?.adopt ? takes : null, decides: handler?.decide !== undefined };
  }

  isClosedAfterRetry({ subject }: Pick<InboxItem, 'subject'>): boolean {
    return this.byKind.get(partsOf(subject).kind)?.isClosedAfterRetry ?? false;
  }

  async retry(item: InboxItem): Promise<string | null> {
    const { kind, id } = partsOf(item.subject);
    const handler = this.byKind.get(kind);
    if (!handler?.retry || item.retry === null) throw nothingToRetry(item);
    return handler.retry(item.orgId, id);
  }

  async adopt(
    item: InboxItem,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const { kind, id } = partsOf(item.subject);
    const handler = this.byKind.get(kind);
    if (!handler?.adopt || this.choicesOf(item).takes !== found.entity) {
      throw new DomainError(
        'conflict',
        'document_of_no_use',
        `This item does not wait for a QuickBooks ${found.entity}. Resolve it without one.`,
      );
    }
    await handler.adopt(item.orgId, id, found, also);
  }

  async closed(tx: EntityManager, { orgId, subject }: InboxItem, state: ClosedBy): Promise<void> {
    const { kind, id } = partsOf(subject);
    await this.byKind.get(kind)?.closed?.(tx, orgId, id, state);
  }

  async decide(
    user: AuthenticatedUser,
    item: InboxItem,
    decision: ItemDecision,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const { kind, id } = partsOf(item.subject);
    const handler = this.byKind.get(kind);
    if (!handler?.decide) {
      throw new DomainError(
        'conflict',
        'nothing_to_decide',
        `There is nothing to ${decision} here. Resolve it without an action, or with a document.`,
      );
    }
    await handler.decide(user, id, decision, also);
  }
}

export function beingRetried(): DomainError {
  return new DomainError(
    'conflict',
    'being_retried',
    'Somebody is trying it again at this moment. Look again in a minute.',
  );
}

export function nothingToRetry(item: InboxItem): DomainError {
  return new DomainError('conflict', 'nothing_to_retry', `Nothing is left to retry here. ${item.nextStep}`);
}
