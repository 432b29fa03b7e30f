import type { OrgSettingsView } from './org-settings.dto.js';
import type { StoredOrgSettings } from './org-settings.entity.js';
import type { Org } from '../org.entity.js';
import type { OrgSettings } from './org-settings.service.js';
import type { ReminderSettingsView } from './reminder-settings.dto.js';
import type { ReminderSettings } from './reminder-times.js';
import type { QuietHours } from './quiet-hours.dto.js';

/** Shows what is in force; `item_name` as the organisation chose it. */
export function orgSettingsView(
  settings: OrgSettings,
  stored: StoredOrgSettings,
  org: Org,
  slackWebhookUrl: string | null,
): OrgSettingsView {
  return {
    record_payments: settings.recordPayments,
    deposit_percent: settings.depositPercent,
    item_name: stored.depositItemName,
    terms_days: settings.termsDays,
    invoices_from: settings.invoicesFrom,
    time_zone: settings.timeZone,
    currency: settings.currency,
    customer_match: settings.customerMatch,
    deposit_mode: settings.depositMode,
    revenue_policy: settings.revenuePolicy,
    retainage_percent: settings.retainagePercent,
    tax_mode: settings.taxMode,
    tax_percent: settings.taxPercent,
    tax_code: settings.taxCode,
    exempt_tax_code: settings.exemptTaxCode,
    class_id: settings.classId,
    location_id: settings.locationId,
    alert_email: stored.alertEmail,
    alert_quiet_hours: quietHoursView(stored),
    company_logo: stored.companyLogo,
    company_address: stored.companyAddress,
    company_phone: stored.companyPhone,
    company_terms: stored.companyTerms,
    slack_webhook_url: slackWebhookUrl,
    stripe_account_id: settings.stripeAccountId,
    reminders: stored.reminders && remindersView(stored.reminders),
    second_factor: org.secondFactor,
  };
}

function quietHoursView({ alertQuietFrom, alertQuietTo }: StoredOrgSettings): QuietHours | null {
  if (alertQuietFrom === null || alertQuietTo === null) return null;
  return { from: alertQuietFrom, to: alertQuietTo };
}

function remindersView({ days_before, days_after, send_at }: ReminderSettings): ReminderSettingsView {
  return { days_before: [...days_before], days_after: [...days_after], send_at };
}
