import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { findByKey, findPartByKey } from '../../platform/database/statements/find-by-key.js';
import { prepared } from '../../platform/database/statements/prepared.js';
import type { FormerTimeZone } from '../time-zones/day-of-org-sql.js';
import { type CompanyCoding, StoredOrgSettings } from './org-settings.entity.js';

const NO_CODING: CompanyCoding = { taxCode: null, exemptTaxCode: null, classId: null, locationId: null };

/** What of its settings an organisation may change. */
export type OrgSettingsChange = Partial<
  Omit<StoredOrgSettings, 'orgId' | 'formerTimeZones' | 'formerCodings' | 'updatedAt'>
>;

/** The org_settings table: one row per organisation, made with it. */
@Injectable()
export class OrgSettingsRepository {
  async insert(tx: EntityManager, orgId: number, at: Date): Promise<void> {
    await tx.insert(StoredOrgSettings, { orgId, updatedAt: at });
  }

  /** With all that the organisation chose: for whoever shows it, or notes how it changed. */
  async getWhole(tx: EntityManager, orgId: number): Promise<StoredOrgSettings> {
    return this.stored(tx, orgId, () => findByKey(tx, StoredOrgSettings, { orgId }));
  }

  /** The same, locked until the transaction ends, which changes them: what they were before is what it changes. */
  async getForUpdate(tx: EntityManager, orgId: number): Promise<StoredOrgSettings> {
    await this.get(tx, orgId);
    return tx.findOneOrFail(StoredOrgSettings, { where: { orgId }, lock: { mode: 'for_no_key_update' } });
  }

  /** Without the logo, which is longer than all the rest together: nearly every request asks, and one page shows it. */
  async get(tx: EntityManager, orgId: number): Promise<Omit<StoredOrgSettings, 'companyLogo'>> {
    return this.stored(tx, orgId, () => findPartByKey(tx, StoredOrgSettings, { orgId }, ['companyLogo']));
  }

  async logoOf(tx: EntityManager, orgId: number): Promise<string | null> {
    const [row] = await tx.query<{ logo: string | null }[]>(
      prepared('select company_logo as logo from org_settings where org_id = $1'),
      [orgId],
    );
    return row?.logo ?? null;
  }

  async update(tx: EntityManager, orgId: number, change: OrgSettingsChange, at: Date): Promise<void> {
    await tx.update(StoredOrgSettings, { orgId }, { ...change, updatedAt: at });
  }

  /** From now on it names records of another company; what it named in this one is kept for its return. */
  async changeCoding(
    tx: EntityManager,
    { orgId, formerCodings: former, taxCode, exemptTaxCode, classId, locationId }: StoredOrgSettings,
    { from, to }: { from: string; to: string },
    at: Date,
  ): Promise<void> {
    const formerCodings = { ...former, [from]: { taxCode, exemptTaxCode, classId, locationId } };
    await tx.update(
      StoredOrgSettings,
      { orgId },
      { ...(formerCodings[to] ?? NO_CODING), formerCodings, updatedAt: at },
    );
  }

  /** From `until` on the organisation has another time zone than this, which it had since it had it, or was made. */
  async keepTimeZone(
    tx: EntityManager,
    orgId: number,
    { zone, until }: Pick<FormerTimeZone, 'zone' | 'until'>,
  ): Promise<void> {
    await tx.query(
      `update org_settings s
          set former_time_zones = s.former_time_zones || jsonb_build_array(jsonb_build_object('zone', $2::text,
                'since', coalesce(s.former_time_zones -> -1 -> 'until',
                                  (select to_jsonb(o.created_at) from orgs o where o.id = s.org_id)),
                'until', $3::text))
        where s.org_id = $1`,
      [orgId, zone, until],
    );
  }

  /** Writes the value where the organisation has none. */
  async fixRecordPayments(tx: EntityManager, orgId: number, value: boolean): Promise<void> {
    await tx.query(
      'update org_settings set record_payments = $2 where org_id = $1 and record_payments is null',
      [orgId, value],
    );
  }

  /** An organisation that was not made by this product has no row yet: it gets one. */
  private async stored<Settings>(
    tx: EntityManager,
    orgId: number,
    find: () => Promise<Settings | null>,
  ): Promise<Settings> {
    const stored = await find();
    if (stored) return stored;
    await tx.query('insert into org_settings (org_id) values ($1) on conflict do nothing', [orgId]);
    return (await find())!;
  }
}
