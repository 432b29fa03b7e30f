import type { Company } from '../books/company.ts';
import type { Body } from '../books/json.ts';
import { type Paper, paperOf } from './paper.ts';
import { PdfFile, wrapped } from './pdf-file.ts';

const MARGIN = 54;
const LEADING = 14;
const SMALL = 9;

/** Where the columns of the table are: the first begins there, the others end there. */
interface Columns {
  left: number;
  quantity: number;
  rate: number;
  right: number;
}

function columnsOf(file: PdfFile): Columns {
  const right = file.width - MARGIN;
  return { left: MARGIN, quantity: right - 160, rate: right - 85, right };
}

function heading(file: PdfFile, { left, quantity, rate, right }: Columns, y: number): number {
  const style = { size: SMALL, bold: true };
  file.text(left, y, 'DESCRIPTION', style);
  file.text(quantity, y, 'QTY', { ...style, right: true });
  file.text(rate, y, 'RATE', { ...style, right: true });
  file.text(right, y, 'AMOUNT', { ...style, right: true });
  file.rule(left, right, y + 5);
  return y + 5 + LEADING;
}

/** Who it is from, what it is, to whom, and when; the height below it. */
function top(file: PdfFile, paper: Paper, { left, right }: Columns): number {
  file.text(right, MARGIN + 6, paper.title, { size: 18, bold: true, right: true });
  paper.from.forEach((line, index) =>
    file.text(left, MARGIN + 6 + index * LEADING, line, { bold: index === 0, size: index === 0 ? 12 : 10 }),
  );
  const y = MARGIN + 6 + (paper.from.length + 2) * LEADING;
  const middle = (left + right) / 2 - 40;
  paper.parties.forEach((party, index) => {
    const x = index === 0 ? left : middle;
    file.text(x, y, party.heading, { size: SMALL, bold: true });
    const lines = party.lines.flatMap((line) => wrapped(line, middle - left - 10, 10));
    lines.forEach((line, at) => file.text(x, y + (at + 1) * LEADING, line));
  });
  paper.facts.forEach(([name, value], index) => {
    file.text(right - 75, y + index * LEADING, name, { size: SMALL, bold: true, right: true });
    file.text(right, y + index * LEADING, value, { right: true });
  });
  const deepest = Math.max(paper.facts.length, ...paper.parties.map(({ lines }) => lines.length + 1));
  return y + (deepest + 2) * LEADING;
}

/** Lays the paper out, on as many pages as it takes. */
function laidOut(paper: Paper, isLetter: boolean): PdfFile {
  const number = paper.facts.find(([name]) => name === 'Number')?.[1] ?? '';
  const file = new PdfFile(isLetter ? 'letter' : 'a4', `${paper.title} ${number}`);
  const columns = columnsOf(file);
  const bottom = file.height - MARGIN - LEADING;
  file.addPage();
  let y = heading(file, columns, top(file, paper, columns));
  const next = (needed: number, isTable: boolean): void => {
    if (y + needed <= bottom) return;
    file.addPage();
    y = isTable ? heading(file, columns, MARGIN) : MARGIN;
  };
  for (const row of paper.rows) {
    const lines = wrapped(row.what, columns.quantity - columns.left - 50, 10);
    next(Math.min(lines.length, 4) * LEADING, true);
    lines.forEach((line, index) => {
      next(LEADING, true);
      file.text(columns.left, y, line);
      if (index === 0) {
        file.text(columns.quantity, y, row.quantity, { right: true });
        file.text(columns.rate, y, row.rate, { right: true });
        file.text(columns.right, y, row.amount, { right: true });
      }
      y += LEADING;
    });
    y += 4;
  }
  next((paper.sums.length + 1) * LEADING, false);
  file.rule(columns.left, columns.right, y);
  y += LEADING;
  for (const { name, amount, isLast } of paper.sums) {
    file.text(columns.rate, y, name, { bold: isLast, right: true });
    file.text(columns.right, y, amount, { bold: isLast, right: true });
    y += LEADING;
  }
  y += LEADING;
  for (const line of paper.memo ? wrapped(paper.memo, columns.right - columns.left, 10) : []) {
    next(LEADING, false);
    file.text(columns.left, y, line);
    y += LEADING;
  }
  for (let page = 0; page < file.pages; page += 1) {
    const text = `${paper.from[0] ?? ''}  ·  ${number}  ·  page ${page + 1} of ${file.pages}`;
    file.text(columns.right, file.height - MARGIN / 2, text, { size: 8, right: true }, page);
  }
  return file;
}

/**
 * A document as its company would mail it: from whom and to whom, number and dates, lines, tax, total and what is still
 * due. The text can be searched and copied; the layout is not QBO's.
 */
export function pdfOf(company: Company, entity: string, record: Body): Buffer {
  return laidOut(paperOf(company, entity, record), ['US', 'CA'].includes(company.country)).bytes();
}
