import { type Body, partOf, textOf } from '../books/json.ts';

function escaped(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/[\\()]/g, '\\$&');
}

/**
 * A one-page PDF that names the document, its customer and its total: a real file to mail or archive, not
 * QBO's layout.
 */
export function pdfOf(entity: string, body: Body): Buffer {
  const lines = [
    `${entity} ${textOf(body, 'DocNumber') ?? textOf(body, 'Id')}`,
    textOf(partOf(body, 'CustomerRef'), 'name') ?? '',
    `Total ${textOf(body, 'TotalAmt') ?? '0'}`,
  ];
  const content = `BT /F1 16 Tf 72 720 Td 24 TL ${lines.map((writer) => `(${escaped(writer)}) Tj T*`).join(' ')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
