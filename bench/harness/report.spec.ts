import { describe, expect, it } from 'vitest';
import { isMet, sectionOf, table } from './report.ts';

describe('a figure', () => {
  it.each([
    { value: 15, target: { atMost: 15 }, met: true },
    { value: 15.01, target: { atMost: 15 }, met: false },
    { value: 20_000, target: { atLeast: 20_000 }, met: true },
    { value: 19_999, target: { atLeast: 20_000 }, met: false },
    { value: 1, target: { atLeast: 1, atMost: 1 }, met: true },
    { value: 2, target: { atLeast: 1, atMost: 1 }, met: false },
    { value: 2, target: undefined, met: null },
  ])('of $value against $target is met: $met', ({ value, target, met }) => {
    expect(isMet({ value, target })).toBe(met);
  });
});

describe('a table', () => {
  it('has its columns of one width and no bar inside a cell', () => {
    expect(table(['a', 'longer'], [['one|two', '1'], ['x']])).toBe(
      [
        '| a        | longer |',
        '| -------- | ------ |',
        '| one\\|two | 1      |',
        '| x        |        |',
      ].join('\n'),
    );
  });
});

describe('a section', () => {
  const section = (value: number): string =>
    sectionOf({
      title: 'One company',
      story: [],
      placed: 'everywhere',
      figures: [
        { what: 'time', value, unit: 'ms', target: { atMost: 10 } },
        { what: 'pages', value, unit: 'pages' },
      ],
      remarks: ['It took 3 s.'],
      bounds: ['The disk bounds it.'],
    });

  it('says what bounds it where a figure is not met, and only there', () => {
    expect(section(11)).toContain('- It took 3 s.\n- The disk bounds it.');
    expect(section(10)).toContain('- It took 3 s.');
    expect(section(10)).not.toContain('disk');
  });

  it('says of each figure whether it is met, and stays silent where there is no target', () => {
    const text = sectionOf({
      title: 'One company',
      story: ['Ten thousand invoices.', 'All linked.'],
      placed: 'everywhere',
      figures: [
        { what: 'calls', value: 1, unit: 'calls', target: { atMost: 1 }, baseline: '10,000 calls' },
        { what: 'time', value: 4100, unit: 'ms', target: { atMost: 4000 } },
        { what: 'pages', value: 10, unit: 'pages' },
      ],
      remarks: [],
      bounds: ['The sandbox bounds it.'],
    });

    expect(text).toContain(
      '## One company\n\nTen thousand invoices. All linked. Cores: everywhere.\n\n| what',
    );
    expect(text).toMatch(/\| calls +\| 1 calls +\| ≤ 1 calls +\| met +\| 10,000 calls/);
    expect(text).toMatch(/\| time +\| 4,100 ms +\| ≤ 4,000 ms +\| \*\*not met\*\* \|/);
    expect(text).toMatch(/\| pages +\| 10 pages +\| +\| +\| +\|/);
    expect(text.endsWith('- The sandbox bounds it.')).toBe(true);
  });
});
