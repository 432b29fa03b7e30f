import type { Cell, Column, Row, WrittenReport } from '../books/reports/report.ts';
import { NAMESPACE, attributes, escaped } from './markup.ts';

function textElement(name: string, value: unknown): string {
  return `<${name}>${escaped(String(value))}</${name}>`;
}

function pairs(name: string, list: readonly { Name: string; Value: unknown }[]): string {
  return list
    .map(({ Name, Value }) => `<${name}>${textElement('Name', Name)}${textElement('Value', Value)}</${name}>`)
    .join('');
}

function headerXml(header: WrittenReport['Header']): string {
  const fields = Object.entries(header).map(([name, value]) =>
    Array.isArray(value)
      ? pairs(name, value as { Name: string; Value: unknown }[])
      : textElement(name, value),
  );
  return `<Header>${fields.join('')}</Header>`;
}

function columnXml({ ColTitle, ColType, MetaData = [] }: Column): string {
  const names = textElement('ColTitle', ColTitle) + textElement('ColType', ColType);
  return `<Column>${names}${pairs('MetaData', MetaData)}</Column>`;
}

function cellsXml(cells: readonly Cell<string>[]): string {
  return cells
    .map(
      ({ value, id }) =>
        `<ColData${attributes([
          ['value', value],
          ['id', id],
        ])}/>`,
    )
    .join('');
}

function rowXml(row: Row<string>): string {
  const head = attributes([
    ['type', row.type],
    ['group', row.group],
  ]);
  const parts = [
    row.Header && `<Header>${cellsXml(row.Header.ColData)}</Header>`,
    row.Rows && `<Rows>${row.Rows.Row.map(rowXml).join('')}</Rows>`,
    row.Summary && `<Summary>${cellsXml(row.Summary.ColData)}</Summary>`,
    row.ColData && cellsXml(row.ColData),
  ];
  return `<Row${head}>${parts.filter(Boolean).join('')}</Row>`;
}

/** A report in XML: cells are attributes of `ColData`, as Intuit's schema has them. */
export function reportXml({ Header, Columns, Rows }: WrittenReport): string {
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
    `<Report xmlns="${NAMESPACE}">${headerXml(Header)}` +
    `<Columns>${Columns.Column.map(columnXml).join('')}</Columns>` +
    `<Rows>${Rows.Row.map(rowXml).join('')}</Rows></Report>`
  );
}
