import { spawnSync } from 'node:child_process';
import { readCommand, readOptions } from './command.ts';
import { auditVerdict } from './dependency-audit-verdict.ts';

/**
 * Asks the registry whether a package that runs in production is known to be vulnerable. Exits 1 for a finding of
 * severity `high` or `critical`. Where the registry does not answer such questions it says so, and exits 0.
 *
 *   node scripts/dependency-audit.ts
 */
readCommand('npm run dependencies:audit, which takes no option', (args) => readOptions(args, {}));
const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
  timeout: 120_000,
});
const verdict = auditVerdict(stdout ?? '');
process.stdout.write(`${verdict.text}\n`);
process.exitCode = verdict.failed ? 1 : 0;
