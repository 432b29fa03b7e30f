import {
  type EntityManager,
  EntityNotFoundError,
  type EntityTarget,
  type FindOptionsWhere,
  type ObjectLiteral,
  type QueryDeepPartialEntity,
} from 'typeorm';
import { entityOf } from './find-by-key.js';

/** What is stored of a row; the columns that are left out have their defaults. */
type Values<Entity extends ObjectLiteral> = QueryDeepPartialEntity<Entity> & { orgId: number };
type Key<Entity extends ObjectLiteral> = FindOptionsWhere<Entity> & { orgId: number };

/** Stores a row and answers it as it is read back, by one statement. */
export async function insertRow<Entity extends ObjectLiteral>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  values: Values<Entity>,
): Promise<Entity> {
  const insert = tx.createQueryBuilder().insert().into(target).values(values);
  const { raw } = await insert.returning('*').updateEntity(false).execute();
  return entityOf(tx, target, (raw as [Record<string, unknown>])[0]);
}

/**
 * Stores a row unless one with this key is there already, and answers the one that is there then: of two callers that
 * store the same, both are answered the row of the first. A unique constraint holds the key.
 */
export async function insertOnce<Entity extends ObjectLiteral>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  values: Values<Entity>,
  key: Key<Entity>,
): Promise<Entity> {
  const insert = tx.createQueryBuilder().insert().into(target).values(values).orIgnore();
  const { raw } = await insert.returning('*').updateEntity(false).execute();
  const [stored] = raw as Record<string, unknown>[];
  return stored ? entityOf(tx, target, stored) : tx.findOneByOrFail(target, key);
}

/** Changes the row with this key and answers it as it is then, by one statement. Throws where there is none. */
export async function updateRow<Entity extends ObjectLiteral>(
  tx: EntityManager,
  target: EntityTarget<Entity>,
  key: Key<Entity>,
  values: QueryDeepPartialEntity<Entity>,
): Promise<Entity> {
  const update = tx.createQueryBuilder().update(target).set(values).where(key);
  const { raw } = await update.returning('*').updateEntity(false).execute();
  const [stored] = raw as Record<string, unknown>[];
  if (!stored) throw new EntityNotFoundError(target, key);
  return entityOf(tx, target, stored);
}
