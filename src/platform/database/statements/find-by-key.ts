import {
  type EntityManager,
  type EntityMetadata,
  EntityNotFoundError,
  type EntityTarget,
  type ObjectLiteral,
} from 'typeorm';
import { prepared } from './prepared.js';

/** By entity, and by the columns that are left out. */
const statements = new WeakMap<EntityMetadata, Map<string, string>>();

/**
 * The row of an organisation with this key, as `findOneBy` answers it. For what is read again and again: TypeORM takes
 * longer to build its statement than PostgreSQL to answer it. The entity has columns, no relations.
 */
export async function findByKey<Entity extends ObjectLiteral>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  key: Partial<Entity> & { orgId: number },
): Promise<Entity | null> {
  return find(tx, target, key, []);
}

/** The same without some columns: what they hold is long, and wanted by few. */
export async function findPartByKey<Entity extends ObjectLiteral, Left extends keyof Entity & string>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  key: Partial<Entity> & { orgId: number },
  leftOut: readonly Left[],
): Promise<Omit<Entity, Left> | null> {
  return find(tx, target, key, leftOut);
}

/** The same where the row is there. Throws where it is not. */
export async function getByKey<Entity extends ObjectLiteral>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  key: Partial<Entity> & { orgId: number },
): Promise<Entity> {
  const entity = await findByKey(tx, target, key);
  if (!entity) throw new EntityNotFoundError(target, key);
  return entity;
}

async function find<Entity extends ObjectLiteral>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  key: Partial<Entity> & { orgId: number },
  leftOut: readonly string[],
): Promise<Entity | null> {
  const metadata = tx.connection.getMetadata(target);
  const values = metadata.primaryColumns.map((column) => column.getEntityValue(key));
  const [row] = await tx.query<Record<string, unknown>[]>(kept(metadata, leftOut), values);
  return row ? entityOf(tx, target, row, leftOut) : null;
}

/** A row as PostgreSQL answers it by the names of its columns, as an entity. */
export function entityOf<Entity extends ObjectLiteral>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  row: Record<string, unknown>,
  leftOut: readonly string[] = [],
): Entity {
  const { columns, connection } = tx.connection.getMetadata(target);
  const entity = tx.create(target);
  for (const column of columns) {
    if (leftOut.includes(column.propertyName)) continue;
    const value: unknown = connection.driver.prepareHydratedValue(row[column.databaseName], column);
    column.setEntityValue(entity, value);
  }
  return entity;
}

function kept(metadata: EntityMetadata, leftOut: readonly string[]): string {
  const ofEntity = statements.get(metadata) ?? new Map<string, string>();
  statements.set(metadata, ofEntity);
  const text = ofEntity.get(leftOut.join()) ?? statementOf(metadata, leftOut);
  ofEntity.set(leftOut.join(), text);
  return text;
}

function statementOf(
  { tableName, columns, primaryColumns }: EntityMetadata,
  leftOut: readonly string[],
): string {
  const read = columns.filter(({ propertyName }) => !leftOut.includes(propertyName));
  const names = read.map(({ databaseName }) => `"${databaseName}"`);
  const conditions = primaryColumns.map(({ databaseName }, index) => `"${databaseName}" = $${index + 1}`);
  return prepared(`select ${names.join(', ')} from "${tableName}" where ${conditions.join(' and ')}`);
}
