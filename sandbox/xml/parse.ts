/** An element as it was sent, without its namespace prefix. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** Text that is not well-formed XML. */
export class XmlError extends Error {}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      const known = ENTITIES[name ?? ''];
      if (known === undefined) throw new XmlError(`unknown entity ${whole}`);
      return known;
    },
  );
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, double, single] of text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    if (!name!.startsWith('xmlns')) attributes[localName(name!)] = decoded(double ?? single ?? '');
  return attributes;
}

const CDATA = String.raw`<!\[CDATA\[([\s\S]*?)\]\]>`;
const IGNORED = String.raw`<!--[\s\S]*?-->|<\?[\s\S]*?\?>`;
const END_TAG = String.raw`<\/\s*([\w:.-]+)\s*>`;
const ATTRIBUTE = String.raw`\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*')`;
const START_TAG = String.raw`<([\w:.-]+)((?:${ATTRIBUTE})*)\s*(\/?)>`;
const TOKEN = new RegExp(`${CDATA}|${IGNORED}|${END_TAG}|${START_TAG}|([^<]+)`, 'y');

/** The root element of a document. Document types are refused, and with them entities of one's own. */
export function parseXml(source: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (!match) throw new XmlError('the document is not well-formed');
    const [, cdata, end, start, attributes, isEmpty, text] = match;
    const current = open.at(-1)!;
    if (cdata !== undefined) current.text += cdata;
    else if (text !== undefined) current.text += decoded(text);
    else if (end !== undefined) {
      if (open.length < 2 || localName(end) !== current.name) throw new XmlError(`unexpected end of ${end}`);
      open.pop();
    } else if (start !== undefined) {
      const element = {
        name: localName(start),
        attributes: attributesOf(attributes ?? ''),
        children: [],
        text: '',
      };
      current.children.push(element);
      if (isEmpty !== '/') open.push(element);
    }
  }
  const [first, ...others] = root.children;
  if (open.length > 1 || !first || others.length > 0) throw new XmlError('the document is not well-formed');
  return first;
}
