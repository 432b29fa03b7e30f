import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** The names of all modules that importing these files of the build loads. */
async function loadedBy(...files: string[]): Promise<string> {
  const imports = files.map((file) => `await import('./dist/src/${file}');`).join('\n');
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    ${imports}
    process.stdout.write(loaded.join('\\n'));
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    maxBuffer: 10_000_000,
  });
  return stdout;
}

it('loads nothing of OpenTelemetry but its interface before there is a collector to send traces to', async () => {
  const product = await loadedBy('start.js');
  expect(packagesOf(product)).toContain('@nestjs/core');
  expect(packagesOf(product).filter((name) => name.startsWith('@opentelemetry/'))).toEqual([
    '@opentelemetry/api', // of prom-client
  ]);
  expect(packagesOf(await loadedBy('platform/tracing/otlp.tracer.js'))).toContain('@opentelemetry/sdk-trace');
});

function packagesOf(loaded: string): string[] {
  return [...new Set([...loaded.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, name]) => name!))];
}
