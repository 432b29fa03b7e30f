import { createHash } from 'node:crypto';
import { type AuditValues, valuesOf } from '../../audit/audit-values.js';
import type { StoredOrgSettings } from './org-settings.entity.js';

const NOT_AUDITED = [
  'orgId',
  'formerTimeZones',
  'formerCodings',
  'updatedAt',
  'slackWebhookUrlEncrypted',
  'companyLogo',
] as const;

/** What of the settings the audit log tells: what the organisation chose. Of a secret or a picture a digest. Pure. */
export function auditedSettings(stored: StoredOrgSettings): AuditValues {
  return {
    ...valuesOf(stored, NOT_AUDITED),
    slack_webhook:
      stored.slackWebhookUrlEncrypted === null ? 'none' : digest(stored.slackWebhookUrlEncrypted),
    company_logo: stored.companyLogo === null ? 'none' : digest(stored.companyLogo),
  };
}

/** Tells one value from another, and nothing of it. */
function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}
