import {
  type EntityManager,
  type EntityMetadata,
  EntityNotFoundError,
  type EntityTarget,
  type ObjectLiteral,
} from 'typeorm';
import { prepared } from './prepared.js';

const statements = new WeakMap<EntityMetadata, string>();

/**
 * The row of an organisation with this key, as `findOneBy` answers it. For what is read again and again: TypeORM takes
 * longer to build its statement than PostgreSQL to answer it. The entity has columns, no relations.
 */
export async function findByKey<Entity extends ObjectLiteral>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  key: Partial<Entity> & { orgId: number },
): Promise<Entity | null> {
  const metadata = tx.connection.getMetadata(target);
  const { columns, primaryColumns, connection } = metadata;
  if (!statements.has(metadata)) statements.set(metadata, statementOf(metadata));
  const values = primaryColumns.map((column) => column.getEntityValue(key));
  const [row] = await tx.query<Record<string, unknown>[]>(statements.get(metadata)!, values);
  if (!row) return null;
  const entity = tx.create(target);
  for (const column of columns) {
    const value: unknown = connection.driver.prepareHydratedValue(row[column.databaseName], column);
    column.setEntityValue(entity, value);
  }
  return entity;
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

function statementOf({ tableName, columns, primaryColumns }: EntityMetadata): string {
  const names = columns.map(({ databaseName }) => `"${databaseName}"`);
  const conditions = primaryColumns.map(({ databaseName }, index) => `"${databaseName}" = $${index + 1}`);
  return prepared(`select ${names.join(', ')} from "${tableName}" where ${conditions.join(' and ')}`);
}
