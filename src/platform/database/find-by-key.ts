import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/**
 * The row of an organisation with this key, as `findOneBy` answers it. For what is read again and again: TypeORM takes
 * longer to build its statement than PostgreSQL to answer it. The entity has columns, no relations.
 */
export async function findByKey<Entity extends ObjectLiteral>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  key: Partial<Entity> & { orgId: number },
): Promise<Entity | null> {
  const { tableName, columns, primaryColumns, connection } = tx.connection.getMetadata(target);
  const names = columns.map(({ databaseName }) => `"${databaseName}"`);
  const conditions = primaryColumns.map(({ databaseName }, index) => `"${databaseName}" = $${index + 1}`);
  const text = `select ${names.join(', ')} from "${tableName}" where ${conditions.join(' and ')}`;
  const values = primaryColumns.map((column) => column.getEntityValue(key));
  const [row] = await tx.query<Record<string, unknown>[]>(text, values);
  if (!row) return null;
  const entity = tx.create(target);
  for (const column of columns) {
    const value: unknown = connection.driver.prepareHydratedValue(row[column.databaseName], column);
    column.setEntityValue(entity, value);
  }
  return entity;
}
