import type { OrgSettingsChange } from './org-settings.repository.js';
import type { ReminderSettings } from './reminder-times.js';
import type { UpdateOrgSettings } from './update-org-settings.dto.js';

/** What a request changes, by the names of the columns; undefined stays as it is. */
export function orgSettingsChangeOf(body: UpdateOrgSettings): OrgSettingsChange {
  return {
    recordPayments: body.record_payments,
    depositPercent: body.deposit_percent,
    depositItemName: body.item_name,
    termsDays: body.terms_days,
    invoicesFrom: body.invoices_from,
    timeZone: body.time_zone,
    customerMatch: body.customer_match,
    currency: body.currency,
    depositMode: body.deposit_mode,
    revenuePolicy: body.revenue_policy,
    retainagePercent: body.retainage_percent,
    taxMode: body.tax_mode,
    taxPercent: body.tax_percent,
    taxCode: body.tax_code,
    exemptTaxCode: body.exempt_tax_code,
    classId: body.class_id,
    locationId: body.location_id,
    alertEmail: body.alert_email,
    companyLogo: body.company_logo,
    companyAddress: body.company_address,
    companyPhone: body.company_phone,
    companyTerms: body.company_terms,
    reminders: body.reminders && remindersOf(body.reminders),
    ...(body.alert_quiet_hours === undefined
      ? {}
      : {
          alertQuietFrom: body.alert_quiet_hours?.from ?? null,
          alertQuietTo: body.alert_quiet_hours?.to ?? null,
        }),
  };
}

/** In the order in which they go out. */
function remindersOf({ days_before, days_after, send_at }: ReminderSettings): ReminderSettings {
  return {
    days_before: days_before.toSorted((one, other) => other - one),
    days_after: days_after.toSorted((one, other) => one - other),
    send_at,
  };
}
