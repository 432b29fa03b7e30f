import type { QboEnvironment } from '../../../platform/config/config.js';

/** The QuickBooks company a call is about, and the organisation it is made for. */
export interface QboCompany {
  readonly orgId: number;
  readonly realmId: string;
  readonly env: QboEnvironment;
}
