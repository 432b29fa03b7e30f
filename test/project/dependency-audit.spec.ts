import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditVerdict } from '../../scripts/dependency-audit-verdict.js';

const answer = (counts: Record<string, number>, vulnerabilities: object = {}) =>
  JSON.stringify({ metadata: { vulnerabilities: counts }, vulnerabilities });

describe('The audit of dependencies', () => {
  it('fails for what is severe, and names it', () => {
    const left = { 'left-pad': { severity: 'high', range: '<2' }, other: { severity: 'low', range: '*' } };
    expect(auditVerdict(answer({ high: 1, low: 1 }, left))).toEqual({
      failed: true,
      text: 'Dependency audit: 1 high or critical, 1 lesser findings in what runs in production.\n  left-pad <2',
    });
    expect(auditVerdict(answer({ critical: 2 })).failed).toBe(true);
  });

  it('passes where nothing is severe', () => {
    expect(auditVerdict(answer({ moderate: 3, high: 0, critical: 0 })).failed).toBe(false);
  });

  it.each(['', 'not json', '{"message":"405 Method Not Allowed"}', '{"error":{"summary":"offline"}}'])(
    'says plainly that it could not run, and does not fail then: %s',
    (text) => {
      const verdict = auditVerdict(text);
      expect(verdict.failed).toBe(false);
      expect(verdict.text).toContain('NOT RUN');
    },
  );

  it('runs after the tests and two runs of chaos', async () => {
    const script = await readFile(join(import.meta.dirname, '../../.ci/run'), 'utf8');
    expect(script.trim().split('\n').slice(-3)).toEqual([
      'npm test',
      'npm run -s chaos -- --seconds 60 --runs 2',
      'npm run -s dependencies:audit',
    ]);
  });
});
