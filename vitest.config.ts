import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

// Workers, and the processes that tests start, find the modules of an earlier run compiled.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

/**
 * Three sizes of test. Files of a project share their workers' loaded modules (`isolate: false`): loading the product
 * anew for each file took longer than its tests. So a test undoes what it does to a module, a prototype or the process.
 * Those of `services` share one PostgreSQL per run, with a database of its own for each file; they mostly wait for the
 * other side, so there are more workers than cores.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    isolate: false,
    maxWorkers: 6,
    experimental: { fsModuleCache: true }, // what was transformed stands in node_modules/.experimental-vitest-cache
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,bench}/**/*.spec.ts'],
          setupFiles: ['reflect-metadata', 'test/support/fixed-chance.ts'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'sandbox',
          include: ['sandbox/**/*.spec.ts'],
          setupFiles: ['test/support/fixed-chance.ts'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'services',
          include: ['test/**/*.{spec,e2e-spec}.ts'],
          setupFiles: ['test/support/fresh-process.ts', 'test/support/fixed-chance.ts'],
          globalSetup: ['test/support/cluster.ts'],
          testTimeout: 600_000, // a busy machine is ten times as slow
          hookTimeout: 600_000,
          retry: 1, // and named at the end of the run: see the closing line
        },
      },
    ],
  },
});
