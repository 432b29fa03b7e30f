import { join } from 'node:path';
import { ROOT } from './root.ts';

type Query = (this: Preparing, config: unknown, values?: unknown, callback?: unknown) => unknown;
interface Preparing {
  readonly prepares: boolean;
}

const built = (file: string): string => join(ROOT, 'dist/src/platform/database', file);
const { ScopedClient } = (await import(built('scope/scoped.client.js'))) as {
  ScopedClient: { prototype: { query: Query } };
};
const { preparedName } = (await import(built('statements/prepared.js'))) as {
  preparedName: (text: string) => string | undefined;
};
const driver = Object.getPrototypeOf(ScopedClient.prototype) as { query: Query };

/**
 * Loaded before the built product where row-level security is to be absent: statements then go out without the settings
 * that say whose rows they may see, prepared as before, so that the wall alone is what the two differ by.
 */
ScopedClient.prototype.query = function query(config, values, callback) {
  const name = this.prepares && typeof config === 'string' ? preparedName(config) : undefined;
  if (name === undefined) return driver.query.call(this, config, values, callback);
  const [parameters, called] = typeof values === 'function' ? [undefined, values] : [values, callback];
  return driver.query.call(this, { name, text: config, values: parameters }, called);
};
