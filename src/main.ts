import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { Lifetime } from './platform/process/lifetime.js';

// The handlers of signals come before everything else, also before the second that loading the product takes.
const lifetime = new Lifetime();

// What is compiled once is read at the next start, from beside the built files: nobody else may write there. Where this
// process may not either, it starts without.
enableCompileCache(join(import.meta.dirname, '../.compiled'));

try {
  const { start } = await import('./start.js');
  await lifetime.run(async (started) => {
    await start(process.env, started);
    flushCompileCache();
  });
  process.exit(0);
} catch (error) {
  const { reasonOf } = await import('./platform/process/start-failure.js');
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exit(1);
}
