import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { assertSameRequest, type KeyedRequest } from '../../platform/http/keyed-request.js';

/** Which lead or proposal a client had made under a key of its own. */
@Injectable()
export class LeadRequestsRepository {
  /**
   * The id of what was made under the key; null for the first time. Who asks at the same moment waits until the
   * transaction ends. Throws a conflict where it was made by another request.
   */
  async madeUnder(tx: EntityManager, orgId: number, request: KeyedRequest): Promise<number | null> {
    const { key } = request;
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`lead.request:${orgId}:${key}`]);
    const [made] = await tx.query<{ id: number; hash: Buffer }[]>(
      'select id, request_hash as hash from leads where org_id = $1 and request_key = $2',
      [orgId, key],
    );
    if (!made) return null;
    assertSameRequest(request, made.hash, `lead or proposal ${made.id}`);
    return made.id;
  }

  async keep(tx: EntityManager, orgId: number, id: number, { key, hash }: KeyedRequest): Promise<void> {
    await tx.query('update leads set request_key = $3, request_hash = $4 where org_id = $1 and id = $2', [
      orgId,
      id,
      key,
      hash,
    ]);
  }
}
