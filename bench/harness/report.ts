import { readable } from './figures.ts';

/** What a figure is held to. Both limits count as reached. */
export interface Target {
  atMost?: number;
  atLeast?: number;
}

/** One measured number beside what it should be and what it is compared with. */
export interface Figure {
  what: string;
  value: number;
  /** `ms`, `calls`, `invoices/s`, … */
  unit: string;
  /** None where the figure is there to explain another. */
  target?: Target;
  /** The same done the plain way in the same run, in words with its number. */
  baseline?: string;
}

/** What one scenario found. */
export interface Findings {
  title: string;
  /** What was set up and done, in sentences. */
  story: readonly string[];
  /** Which process ran on which core. */
  placed: string;
  figures: readonly Figure[];
  /** What explains the figures, of this run. */
  remarks: readonly string[];
  /** What bounds them and what was tried, for where one is not met. */
  bounds: readonly string[];
}

/** Pure. */
export function isMet({ value, target }: Pick<Figure, 'value' | 'target'>): boolean | null {
  if (!target) return null;
  return value <= (target.atMost ?? Infinity) && value >= (target.atLeast ?? -Infinity);
}

function targetText({ target, unit }: Figure): string {
  if (!target) return '';
  const limits = [
    ...(target.atLeast === undefined ? [] : [`≥ ${readable(target.atLeast)}`]),
    ...(target.atMost === undefined ? [] : [`≤ ${readable(target.atMost)}`]),
  ];
  return `${limits.join(', ')} ${unit}`;
}

/** A Markdown table with its columns padded to one width. Pure. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first, ...others] = all;
  return [line(first!), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}

/** The part of the report about one scenario, in Markdown. Pure. */
export function sectionOf({ title, story, placed, figures, remarks, bounds }: Findings): string {
  const rows = figures.map((figure) => {
    const met = isMet(figure);
    return [
      figure.what,
      `${readable(figure.value)} ${figure.unit}`,
      targetText(figure),
      met === null ? '' : met ? 'met' : '**not met**',
      figure.baseline ?? '',
    ];
  });
  const said = [...remarks, ...(figures.some((figure) => isMet(figure) === false) ? bounds : [])];
  return [
    `## ${title}`,
    [...story, `Cores: ${placed}.`].join(' '),
    table(['what', 'measured', 'target', '', 'for comparison, in the same run'], rows),
    ...(said.length > 0 ? [said.map((remark) => `- ${remark}`).join('\n')] : []),
  ].join('\n\n');
}
