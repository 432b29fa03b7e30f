/** What this runtime calls zones that IANA has renamed since. */
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
 * The names of an IANA time zone, whichever of them is given: first the one that it has now, which every database of
 * zones has, then the given one, and the one that this runtime uses. Throws RangeError on an unknown zone.
 */
export function zoneNames(given: string): string[] {
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions();
  return [...new Set([RENAMED[timeZone] ?? timeZone, given, timeZone])];
}

/**
 * True for what is short for a clock and names no place, such as `CST`. To this runtime it is a zone with summer time,
 * to PostgreSQL an offset without, and some are of another country to each. Pure.
 */
export function isZoneAbbreviation(name: string): boolean {
  return /^[a-z]{3}$/i.test(name) && !/^(utc|gmt)$/i.test(name);
}
