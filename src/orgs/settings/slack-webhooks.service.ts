import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import {
  type AssociatedData,
  decrypt,
  encrypt,
  EncryptionError,
  isOfFirstKey,
} from '../../platform/encryption/encryption.js';
import { type OrgSettingsChange, OrgSettingsRepository } from './org-settings.repository.js';

/** The webhooks of Slack by which organisations have their alerts, which are secrets and lie encrypted. */
@Injectable()
export class SlackWebhooksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: OrgSettingsRepository,
    private readonly config: Config,
  ) {}

  /** The organisation's own Slack webhook; null where it has none, or it can no longer be read. A secret. */
  async url(orgId: number): Promise<string | null> {
    const { slackWebhookUrlEncrypted: encrypted } = await this.settings.get(this.dataSource.manager, orgId);
    if (encrypted === null) return null;
    try {
      return decrypt(encrypted, placeOf(orgId), this.config.encryptionKeys);
    } catch (error) {
      if (!(error instanceof EncryptionError)) throw error;
      return null;
    }
  }

  /** The change that keeps this Slack webhook, or forgets it; none where it is kept already, by the first key. */
  async change(orgId: number, url: string | null): Promise<OrgSettingsChange> {
    const { encryptionKeys: keys } = this.config;
    if (url === null) return { slackWebhookUrlEncrypted: null };
    if (url === (await this.url(orgId))) {
      const { slackWebhookUrlEncrypted: encrypted } = await this.settings.get(this.dataSource.manager, orgId);
      if (encrypted !== null && isOfFirstKey(encrypted, keys)) return {};
    }
    return { slackWebhookUrlEncrypted: encrypt(url, placeOf(orgId), keys) };
  }
}

function placeOf(orgId: number): AssociatedData {
  return { table: 'org_settings', column: 'slack_webhook_url_encrypted', orgId, row: String(orgId) };
}
