import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeProblem } from './node-version.ts';

describe('the version of Node.js', () => {
  it.each(['22.18.0', '22.23.3', '24.0.0', '26.1.0'])('%s is new enough', (version) => {
    expect(nodeProblem(version)).toBeNull();
  });

  it.each(['18.20.0', '20.20.2', '22.17.9'])('%s is too old, and what is needed is said', (version) => {
    expect(nodeProblem(version)).toBe(`it needs Node.js 22.18 or newer, and this is ${version}`);
  });

  it('is the one the package asks for', () => {
    const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
      engines: { node: string };
    };
    const needed = manifest.engines.node.replace('>=', '');
    expect(nodeProblem(`${needed}.0`)).toBeNull();
    expect(nodeProblem('1.0.0')).toContain(needed);
  });
});
