import { defineConfig } from 'vitest/config';

/** Three sizes of test and the sandbox's own; the ones that need PostgreSQL share one cluster per run. */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    maxWorkers: 3, // much of a story is waiting for the other side
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,bench}/**/*.spec.ts'],
          setupFiles: ['reflect-metadata'],
        },
      },
      {
        test: {
          name: 'sandbox',
          include: ['sandbox/**/*.spec.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/{integration,schema,docs}/**/*.spec.ts'],
          setupFiles: ['reflect-metadata'],
          globalSetup: ['test/support/cluster.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'observability',
          include: ['test/observability/**/*.spec.ts'],
          setupFiles: ['reflect-metadata'],
          globalSetup: ['test/support/cluster.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e-spec.ts'],
          setupFiles: ['reflect-metadata'],
          globalSetup: ['test/support/cluster.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
