import { join } from 'node:path';
import { ROOT } from './root.ts';

/**
 * Loaded before the built product where row-level security is to be absent: statements then go out as they are, without
 * the settings that say whose rows they may see.
 */
const built = join(ROOT, 'dist/src/platform/database/scoped.client.js');
const { ScopedClient } = (await import(built)) as { ScopedClient: { prototype: object } };
Reflect.deleteProperty(ScopedClient.prototype, 'query'); // that of the driver is left
