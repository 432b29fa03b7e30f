import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './root.ts';

/** Where everything measured is written. */
export const REPORT = join(ROOT, 'bench/results.md');

/** What a command of its own measures: its part of the report is kept when the others are measured anew. */
export const SOAK_TITLE = 'Thirty minutes';

/** The part of a report whose title begins so; null where it has none. Pure. */
export function partOf(report: string, title: string): string | null {
  const part = report.split(/^(?=## )/m).find((one) => one.startsWith(`## ${title}`));
  return part === undefined ? null : part.trimEnd();
}

/** The report with this part instead of the one whose title begins so, or at its end. Pure. */
export function withPart(report: string, title: string, part: string): string {
  const others = report.split(/^(?=## )/m).filter((one) => !one.startsWith(`## ${title}`));
  return `${[...others.map((one) => one.trimEnd()), part.trimEnd()].join('\n\n')}\n`;
}

/** The report as it stands; empty where nothing was measured yet. */
export async function readReport(): Promise<string> {
  return existsSync(REPORT) ? readFile(REPORT, 'utf8') : '';
}

export async function writeReport(text: string): Promise<void> {
  await writeFile(REPORT, await format(text, { ...(await resolveConfig(REPORT)), parser: 'markdown' }));
}
