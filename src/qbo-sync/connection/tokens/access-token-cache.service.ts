import { Injectable } from '@nestjs/common';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { RedisClient } from '../../../platform/redis/redis.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { CACHED_TOKEN_SECONDS, type CachedToken, entryText, floorText, readEntry } from './cached-token.js';

/** Writes an entry unless a newer generation stands there. KEYS: it. ARGV: its text, its version, its seconds. */
const WRITE_UNLESS_NEWER = `
  local present = redis.call('get', KEYS[1])
  if present then
    local read, entry = pcall(cjson.decode, present)
    if read and type(entry) == 'table' and type(entry.version) == 'number'
       and entry.version > tonumber(ARGV[2]) then return 0 end
  end
  redis.call('set', KEYS[1], ARGV[1], 'EX', ARGV[3])
  return 1`;

/**
 * Access tokens in Redis, encrypted as they are in the database, so that a call need not read the connection. Promise:
 * an entry lives 60 s at most; after a rotation, a disconnect or a loss no replica is given an older generation, and a
 * slow writer cannot bring one back. Without Redis every look is a miss.
 */
@Injectable()
export class AccessTokenCacheService {
  constructor(
    private readonly redis: RedisClient,
    private readonly metrics: MetricsService,
  ) {}

  async get(company: QboCompany): Promise<CachedToken | null> {
    if (!this.redis.isConfigured) return null;
    const text = await this.redis.run((redis) => redis.get(keyOf(company)));
    const token = text ? readEntry(text) : null;
    const result = text === undefined ? 'unavailable' : token === null ? 'miss' : 'hit';
    this.metrics.count('crm_qbo_token_cache_total', { result });
    return token;
  }

  async put(company: QboCompany, token: CachedToken): Promise<void> {
    await this.write(company, entryText(token), token.version);
  }

  /** Nothing older than this generation is given out from now on. */
  async raiseTo(company: QboCompany, version: number): Promise<void> {
    await this.write(company, floorText(version), version);
  }

  private async write(company: QboCompany, text: string, version: number): Promise<void> {
    await this.redis.run((redis) =>
      redis.eval(WRITE_UNLESS_NEWER, 1, keyOf(company), text, version, CACHED_TOKEN_SECONDS),
    );
  }
}

function keyOf({ env, realmId, orgId }: QboCompany): string {
  return `crm:qbo-token:${env}:${orgId}:${realmId}`;
}
