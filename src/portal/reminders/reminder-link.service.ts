import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { UsersService } from '../../auth/people/users.service.js';
import type { User } from '../../auth/people/user.js';
import { Config } from '../../platform/config/config.js';
import {
  type AssociatedData,
  decrypt,
  encrypt,
  EncryptionError,
} from '../../platform/encryption/encryption.js';
import { Clock } from '../../platform/time/clock.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { LINK_DAYS_DEFAULT, linkState } from '../links/link-life.js';
import { linkTokenHash } from '../links/link-token.js';
import { pageAddress } from '../links/page-address.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { PortalLinksRepository } from '../links/portal-links.repository.js';
import { PortalLinksService } from '../links/portal-links.service.js';
import type { InvoiceReminder } from './invoice-reminder.entity.js';

/** The link that a reminder brings. */
export interface ReminderLink {
  url: string;
  expiresAt: Date;
  /** What the reminder is to keep of it, so that another attempt brings the same. */
  kept: Pick<InvoiceReminder, 'linkId' | 'linkTokenEncrypted'>;
}

/** Gives a reminder its link to the customer's page: one for all its attempts, made with the first. */
@Injectable()
export class ReminderLinkService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: PortalLinksRepository,
    private readonly linksService: PortalLinksService,
    private readonly users: UsersService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * As part of the caller's transaction, in the name of `createdBy`. One that ended meanwhile, or can no longer be
   * read, is made anew.
   */
  async linkOf(
    tx: EntityManager,
    reminder: InvoiceReminder,
    proposal: Lead,
    createdBy: number,
  ): Promise<ReminderLink> {
    const request = { createdBy, days: LINK_DAYS_DEFAULT };
    const { link, url } =
      (await this.known(tx, reminder)) ?? (await this.linksService.insert(tx, proposal, request));
    const token = url.slice(url.lastIndexOf('/') + 1);
    return {
      url,
      expiresAt: link.expiresAt,
      kept: {
        linkId: link.id,
        linkTokenEncrypted: encrypt(token, placeOf(reminder), this.config.encryptionKeys),
      },
    };
  }

  private async known(
    tx: EntityManager,
    reminder: InvoiceReminder,
  ): Promise<{ link: PortalLink; url: string } | null> {
    const { orgId, linkId, linkTokenEncrypted } = reminder;
    const link = linkId === null ? null : await this.links.findInOrg(tx, orgId, linkId);
    if (!link || linkTokenEncrypted === null || linkState(link, this.clock.now()) !== 'live') return null;
    try {
      const token = decrypt(linkTokenEncrypted, placeOf(reminder), this.config.encryptionKeys);
      if (!linkTokenHash(token).equals(link.tokenHash)) return null;
      return { link, url: pageAddress(this.config.portalPublicUrl, token) };
    } catch (error) {
      if (error instanceof EncryptionError) return null;
      throw error;
    }
  }

  /**
   * Who of the company stands behind a reminder, and is asked by a reply: who asked for it; else who made the newest
   * link, whom the customer knows; else the first active admin.
   */
  async sellerOf({ orgId, askedBy }: InvoiceReminder, proposal: Lead): Promise<User> {
    if (askedBy !== null) return this.users.get(orgId, askedBy);
    const tx = this.dataSource.manager;
    const [newest] = await this.links.listOfProposal(tx, orgId, proposal.id, { limit: 1 });
    const known = newest && (await this.users.get(orgId, newest.createdBy));
    return known?.isActive ? known : this.users.firstAdmin(orgId);
  }
}

function placeOf({ orgId, id }: InvoiceReminder): AssociatedData {
  return { table: 'invoice_reminders', column: 'link_token_encrypted', orgId, row: String(id) };
}
