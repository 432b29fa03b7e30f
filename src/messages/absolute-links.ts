/** Beginnings of the paths that messages name. */
const OURS =
  'inbox qbo proposals customers payments invoices leads reports portal org bills revenue why'.split(' ');
const PATH = new RegExp(`(?<=^|[\\s("])/(?:${OURS.join('|')})(?:[/?][\\w/?=&%-]*\\w|(?![\\w/]))`, 'g');

/** A text for people outside of the product: each path of ours in it as a whole address. Pure. */
export function withWholeAddresses(text: string, publicUrl: string): string {
  return text.replaceAll(PATH, (path) => publicUrl + path);
}
