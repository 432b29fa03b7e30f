/** A4 outside North America, in points of 1/72 inch. */
export const PAPER = { letter: { width: 612, height: 792 }, a4: { width: 595, height: 842 } } as const;

export interface Style {
  size?: number;
  bold?: boolean;
  /** Ends at `x` in place of beginning there. */
  right?: boolean;
}

/** Widths of Helvetica in thousandths of its size, from the space (32) to the tilde (126). */
const WIDTHS = (
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 ' +
  '584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 ' +
  '667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 ' +
  '278 556 500 722 500 500 500 334 260 334 584'
)
  .split(' ')
  .map(Number);

/** What Windows-1252 has between 0x80 and 0x9f, by position; a space where it has nothing. */
const WINDOWS = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
/** Letters whose plain form is not a letter with a mark. */
const PLAIN: Record<string, string> = { Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', Ħ: 'H', ħ: 'h', ı: 'i' };

/** One character in Windows-1252, which PDF readers have the letters of; without its mark where it is not in it. */
function byteOf(character: string): string {
  const code = character.codePointAt(0)!;
  if ((code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff)) return character;
  const position = WINDOWS.indexOf(character);
  if (position >= 0) return String.fromCharCode(0x80 + position);
  const bare = PLAIN[character] ?? character.normalize('NFD')[0]!;
  return bare >= ' ' && bare <= '~' ? bare : '?';
}

function encoded(text: string): string {
  return Array.from(text.normalize('NFC').replaceAll(/\s/g, ' '), byteOf).join('');
}

/** How wide a text is at a size, in points. */
export function widthOf(text: string, size: number): number {
  const thousandths = Array.from(encoded(text), (character) => {
    const code = character.normalize('NFD').charCodeAt(0);
    return WIDTHS[code - 32] ?? (code === 0x97 ? 1000 : 556);
  });
  return (thousandths.reduce((sum, width) => sum + width, 0) * size) / 1000;
}

/** The words of a text in lines no wider than `width`; a word that is wider is cut. */
export function wrapped(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r\n|\r|\n/)) {
    let line = '';
    for (let word of paragraph.split(/\s+/)) {
      if (line && widthOf(`${line} ${word}`, size) > width) {
        lines.push(line);
        line = '';
      }
      while (widthOf(word, size) > width) {
        let fits = 1;
        while (widthOf(word.slice(0, fits + 1), size) <= width) fits += 1;
        lines.push(word.slice(0, fits));
        word = word.slice(fits);
      }
      line = line ? `${line} ${word}` : word;
    }
    lines.push(line);
  }
  return lines;
}

/** Pages of text in Helvetica and thin lines, whose text can be searched and copied. The origin is at the top left. */
export class PdfFile {
  readonly width: number;
  readonly height: number;
  readonly #title: string;
  readonly #pages: string[][] = [];

  constructor(paper: keyof typeof PAPER, title: string) {
    ({ width: this.width, height: this.height } = PAPER[paper]);
    this.#title = title;
  }

  get pages(): number {
    return this.#pages.length;
  }

  addPage(): void {
    this.#pages.push([]);
  }

  /** On the last page, or on the one of that index. */
  text(x: number, y: number, text: string, { size = 10, bold, right }: Style = {}, page = -1): void {
    const left = right ? x - widthOf(text, size) : x;
    const written = encoded(text).replaceAll(/[\\()]/g, '\\$&');
    this.#pages
      .at(page)!
      .push(
        `BT /F${bold ? 2 : 1} ${size} Tf ${left.toFixed(2)} ${(this.height - y).toFixed(2)} Td (${written}) Tj ET`,
      );
  }

  rule(from: number, to: number, y: number): void {
    const height = (this.height - y).toFixed(2);
    this.#pages.at(-1)!.push(`0.5 w ${from} ${height} m ${to} ${height} l S`);
  }

  bytes(): Buffer {
    const font = (name: string): string =>
      `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
    const idOf = (page: number): number => 6 + 2 * page;
    const pages = this.#pages.flatMap((content, page) => {
      const stream = content.join('\n');
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${this.width} ${this.height}] /Contents ${idOf(page) + 1} 0 R ` +
          '/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>',
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ];
    });
    return fileOf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      `<< /Type /Pages /Kids [${this.#pages.map((_, page) => `${idOf(page)} 0 R`).join(' ')}] /Count ${this.pages} >>`,
      font('Helvetica'),
      font('Helvetica-Bold'),
      `<< /Title (${encoded(this.#title).replaceAll(/[\\()]/g, '\\$&')}) >>`,
      ...pages,
    ]);
  }
}

/** Objects, numbered from 1, with the table that says where each begins. The fifth tells of the document. */
function fileOf(objects: readonly string[]): Buffer {
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
