import type { EntityName } from '../catalog.ts';
import { partOf, refOf, rowsOf, textOf } from '../json.ts';
import { nameShown, type Store } from '../store.ts';
import type { LedgerLine } from './ledger-lines.ts';

/** What lines can be chosen by, and columns made of. */
export type Dimension = 'Customer' | 'Vendor' | 'Employee' | 'Class' | 'Department' | 'Item';

export const NOT_SPECIFIED = 'Not Specified';

/** The customer, vendor, class, location or item a line counts for: its own, else its document's. */
export function dimensionOf(line: LedgerLine, kind: Dimension): string | undefined {
  const { body, party } = line;
  if (party?.type === kind) return party.id;
  const ofLine = rowsOf(body, 'Line').find(({ Id }) => Id === line.line);
  const detail = partOf(ofLine, textOf(ofLine, 'DetailType') ?? '');
  const own = refOf(detail, `${kind}Ref`) ?? (kind === 'Item' ? line.item : undefined);
  if (own !== undefined || kind === 'Item') return own;
  const entity = kind === 'Vendor' && refOf(body, 'VendorRef') === undefined ? 'EntityRef' : `${kind}Ref`;
  return refOf(body, entity);
}

const PARAMETERS: readonly (readonly [parameter: string, Dimension])[] = [
  ['customer', 'Customer'],
  ['vendor', 'Vendor'],
  ['class', 'Class'],
  ['department', 'Department'],
  ['item', 'Item'],
];

/** Whether a line is of the customers, vendors, classes, locations and items a report is asked for. */
export function isOfAsked(query: Readonly<Record<string, string>>): (line: LedgerLine) => boolean {
  const asked = PARAMETERS.flatMap(([parameter, kind]) => {
    const ids = query[parameter]?.split(',');
    return ids ? [{ kind, ids }] : [];
  });
  return (line) => asked.every(({ kind, ids }) => ids.includes(dimensionOf(line, kind) ?? ''));
}

/** The values of a dimension among some lines, in the order of their names; what has none comes last. */
export function valuesOf(
  store: Store,
  kind: Dimension & EntityName,
  lines: readonly LedgerLine[],
): { id: string | undefined; name: string }[] {
  const ids = [...new Set(lines.map((line) => dimensionOf(line, kind)))];
  const named = ids.map((id) => ({ id, name: nameShown(store.find(kind, id)) ?? NOT_SPECIFIED }));
  return named.toSorted((a, b) =>
    a.id === undefined ? 1 : b.id === undefined ? -1 : a.name.localeCompare(b.name),
  );
}
