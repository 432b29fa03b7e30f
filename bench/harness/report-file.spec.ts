import { describe, expect, it } from 'vitest';
import { partOf, withPart } from './report-file.ts';

const REPORT = '# Measured\n\nOn a day.\n\n## One company\n\nFast.\n\n## Thirty minutes of load\n\nFlat.\n';

describe('A part of the report', () => {
  it('is found by the beginning of its title', () => {
    expect(partOf(REPORT, 'Thirty minutes')).toBe('## Thirty minutes of load\n\nFlat.');
    expect(partOf(REPORT, 'A year')).toBeNull();
  });

  it('takes the place of the one before, and leaves the others as they are', () => {
    expect(withPart(REPORT, 'Thirty minutes', '## Thirty minutes, again\n\nStill flat.')).toBe(
      '# Measured\n\nOn a day.\n\n## One company\n\nFast.\n\n## Thirty minutes, again\n\nStill flat.\n',
    );
    expect(withPart('# Measured\n', 'Thirty minutes', '## Thirty minutes')).toBe(
      '# Measured\n\n## Thirty minutes\n',
    );
  });
});
