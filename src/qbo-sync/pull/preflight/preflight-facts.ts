import type { DepositMode, TaxMode } from '../../../orgs/settings/org-settings.entity.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type {
  QboCompanyInfo,
  QboDimension,
  QboPreferences,
  QboTaxCode,
  QboTerm,
} from '../../api/model/qbo-company-objects.js';
import type { QboAccount, QboItem } from '../../api/model/qbo-objects.js';

/** What the connected company said of itself; null where the person who connected may not read it. */
export interface CompanyReading {
  preferences: QboPreferences | null;
  info: QboCompanyInfo | null;
  /** Inactive ones too. */
  accounts: QboAccount[] | null;
  /** Of the name in the settings; null where there is none. */
  item: QboItem | 'unreadable' | null;
  taxCodes: QboTaxCode[] | null;
  /** ISO 4217, without the home currency. */
  activeCurrencies: string[];
  terms: QboTerm[] | null;
  /** Inactive ones too, as of the locations; null also where they are not tracked. */
  classes: QboDimension[] | null;
  locations: QboDimension[] | null;
}

/** What of the organisation's settings a company is checked against. */
export interface PreflightSettings {
  depositMode: DepositMode;
  depositItemName: string;
  taxMode: TaxMode;
  taxCode: string | null;
  exemptTaxCode: string | null;
  classId: string | null;
  locationId: string | null;
  termsDays: number;
}

export interface PreflightFacts {
  reading: CompanyReading;
  settings: PreflightSettings;
  /** In the organisation's time zone. */
  today: CalendarDay;
}
