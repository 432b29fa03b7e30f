import type { QboEnvironment } from '../../../platform/config/config.js';

/** The QuickBooks company a call is about, and the organisation it is made for. */
export interface QboCompany {
  readonly orgId: number;
  readonly realmId: string;
  readonly env: QboEnvironment;
}

/** True where a row is of this company, or of none yet. */
export function isOfCompany(
  { realmId }: Pick<QboCompany, 'realmId'>,
  row: { readonly realmId: string | null },
): boolean {
  return row.realmId === null || row.realmId === realmId;
}
