import { preparedWhenRepeated } from '../platform/database/prepared.js';
import { ScopedClient } from '../platform/database/scoped.client.js';

/**
 * A connection of the job queue: the few statements by which it takes, settles and tidies jobs are prepared. Its tables
 * have no policies, so no scope matters to it.
 */
export class JobClient extends ScopedClient {
  override query(config: unknown, values?: unknown, callback?: unknown): never {
    if (typeof config === 'string' && Array.isArray(values) && values.length > 0)
      preparedWhenRepeated(config);
    return super.query(config, values, callback);
  }
}
