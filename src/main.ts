import { Lifetime } from './platform/process/lifetime.js';

// The handlers of signals come before everything else, also before the second that loading the product takes.
const lifetime = new Lifetime();

try {
  const { start } = await import('./start.js');
  process.exit(await lifetime.run((started) => start(process.env, started)));
} catch (error) {
  const { reasonOf } = await import('./platform/process/start-failure.js');
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exit(1);
}
