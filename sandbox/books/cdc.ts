import { type Entity, findEntity } from './catalog.ts';
import type { Company } from './company.ts';
import { Fault, badDate, badObjectName, required } from './fault.ts';
import type { Body } from './json.ts';
import { parseTime } from './pacific.ts';
import { render, tombstone } from './render.ts';
import type { Row } from './company-state.ts';

const LOOK_BACK_MS = 30 * 24 * 3_600_000;

interface Changed {
  entity: Entity;
  row: Row;
}

function tooOld(since: string): Fault {
  const Detail = `Operation cdc with changedSince date ${since} which is older than fixed days is not supported.`;
  return new Fault([{ Message: 'Unsupported Operation', Detail, code: '500', element: 'changedSince' }]);
}

function trackedEntity(name: string): Entity {
  const entity = findEntity(name.trim());
  if (!entity || !entity.tracked) throw badObjectName(name);
  return entity;
}

/** Keeps `max` of the changes, in order of change; which end is lost is not documented, hence the switch. */
function capped(company: Company, changes: Changed[]): Changed[] {
  const { cdcObjectsMax: max, cdcCut } = company.world.switches;
  return cdcCut === 'newest' ? changes.slice(0, max) : changes.slice(-max);
}

function block(company: Company, entity: Entity, changes: Changed[]): Body {
  const live = changes.filter(({ row }) => row.deletedAt === null);
  const dead = changes.filter(({ row }) => row.deletedAt !== null);
  if (changes.length === 0) return {};
  const bodies = [
    ...live.map(({ row }) => render(company.store, entity.name, row.body)),
    ...dead.map(({ row }) => tombstone(row)),
  ];
  const total = { totalCount: bodies.length };
  return {
    [entity.jsonName]: bodies,
    ...(live.length > 0 ? { startPosition: 1 } : {}),
    maxResults: bodies.length,
    ...(entity.counted || live.length === 0 ? total : {}),
  };
}

/**
 * Change data capture: for each entity asked about, in that order and once, every record changed at or after
 * `changedSince` in its latest state, inactive and voided ones too, deleted ones as stubs at the end. Looks
 * back 30 days. Beyond 1000 objects the answer is cut without a word. `changedSince` counts in whole seconds,
 * as LastUpdatedTime does, so nothing falls between.
 */
export function changedSince(
  company: Company,
  entities: string | undefined,
  since: string | undefined,
): Body {
  if (!entities) throw required('entities');
  if (!since) throw required('changedSince');
  const asked = [...new Set(entities.split(',').map(trackedEntity))];
  const from = parseTime(since);
  if (!from) throw badDate('changedSince', since);
  if (from.getTime() < company.world.clock.now().getTime() - LOOK_BACK_MS) throw tooOld(since);
  const floor = Math.floor(from.getTime() / 1000) * 1000;
  const changesOf = (entity: Entity): Changed[] =>
    [...company.store.rows(entity.name)]
      .filter((row) => row.updatedAt >= floor)
      .map((row) => ({ entity, row }))
      .toSorted((a, b) => a.row.order - b.row.order);
  const perEntity = company.world.switches.cdcCapPer === 'entity';
  const everything = asked.flatMap((entity) =>
    perEntity ? capped(company, changesOf(entity)) : changesOf(entity),
  );
  const all = perEntity
    ? everything
    : capped(
        company,
        everything.toSorted((a, b) => a.row.order - b.row.order),
      );
  const blocks = asked.map((entity) =>
    block(
      company,
      entity,
      all.filter((one) => one.entity === entity),
    ),
  );
  return { CDCResponse: [{ QueryResponse: blocks }] };
}
