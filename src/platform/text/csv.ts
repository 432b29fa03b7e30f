import { visibleText } from './visible-text.js';

/**
 * Where a spreadsheet begins a formula: at the beginning of a cell, and where one that parts cells by semicolons or
 * tabs, as in much of Europe, sees a cell or a line begin in the midst of ours. Full-width signs count as signs. A dash
 * at the beginning of a further line is left alone: most are of a list.
 */
const FORMULA = /^(?=[\t\r\n])|(?<=^|[;\t])(?=[=+\-@＝＋－＠])|(?<=[\r\n])(?=[=@＝＠])/gu;
const NUMBER = /^-?\d+(\.\d+)?$/;
const QUOTED = /[",\r\n]/;

/** A value of a CSV file. */
export type CsvValue = string | number | null;

/**
 * One line of a CSV file as RFC 4180 has it, with its line end. What a spreadsheet would run as a formula gets an
 * apostrophe before it, and characters that are not seen are left out. Pure.
 */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: CsvValue): string {
  if (value === null) return '';
  const text = visibleText(String(value));
  const safe = NUMBER.test(text) ? text : text.replaceAll(FORMULA, `'`);
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
