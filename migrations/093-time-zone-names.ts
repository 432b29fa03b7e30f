import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What Node.js calls zones that IANA has renamed since. */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/**
 * Time zones of organisations by the names that they have now. A database may not know those of before, and means
 * another clock by what is short for one, such as CST: what such a name has meant for the days of documents, it means
 * from now on for those of reports. Where the database has not the name of now, the one of before stays.
 */
export class TimeZoneNames1793664000093 implements MigrationInterface {
  readonly name = 'TimeZoneNames1793664000093';

  async up(db: QueryRunner): Promise<void> {
    const rows = (await db.query(`
      select time_zone as zone from org_settings
       union
      select f ->> 'zone' from org_settings s, jsonb_array_elements(s.former_time_zones) f`)) as {
      zone: string;
    }[];
    const names = (await db.query('select name from pg_timezone_names')) as { name: string }[];
    const known = new Set(names.map(({ name }) => name));
    for (const { zone } of rows) {
      const now = nameNow(zone);
      if (now !== null && now !== zone && (known.has(now) || now === 'UTC')) await rename(db, zone, now);
    }
  }

  async down(): Promise<void> {
    // The names of now are known to the versions before.
  }
}

/** Null where this runtime does not know it either. */
function nameNow(zone: string): string | null {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    return RENAMED[timeZone] ?? timeZone;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

async function rename(db: QueryRunner, from: string, to: string): Promise<void> {
  await db.query('update org_settings set time_zone = $2 where time_zone = $1', [from, to]);
  await db.query(
    `update org_settings s
        set former_time_zones = (
          select jsonb_agg(case when f ->> 'zone' = $1 then f || jsonb_build_object('zone', $2::text) else f end
                             order by place)
            from jsonb_array_elements(s.former_time_zones) with ordinality as e (f, place))
      where s.former_time_zones @> jsonb_build_array(jsonb_build_object('zone', $1::text))`,
    [from, to],
  );
}
