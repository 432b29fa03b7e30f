import { escapeHtml } from '../../../platform/http/pages/html.js';

/** HTML that is safe as it stands. Only `markup` makes it. */
export class Markup {
  constructor(readonly html: string) {}

  toString(): string {
    return this.html;
  }
}

/** What may stand in a template: text is escaped, markup is not, and nothing shows nothing. */
export type Part = Markup | string | number | null | undefined | false | readonly Part[];

/** Tagged template for HTML. Every value is escaped unless it is markup itself. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((html, text, index) => html + rendered(parts[index - 1]) + text));
}

function rendered(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.html;
  if (Array.isArray(part)) return (part as readonly Part[]).map(rendered).join('');
  return escapeHtml(String(part));
}
