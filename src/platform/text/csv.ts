import { visibleText } from './visible-text.js';

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;
const QUOTED = /[",\r\n]/;

/** A value of a CSV file. */
export type CsvValue = string | number | null;

/**
 * One line of a CSV file as RFC 4180 has it, with its line end. A text that a spreadsheet would run as a formula gets
 * an apostrophe before it, and characters that are not seen are left out. Pure.
 */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: CsvValue): string {
  if (value === null) return '';
  const text = visibleText(String(value));
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
