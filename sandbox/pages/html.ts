/** A piece of HTML that is safe to send: made by `html`, which escapes every value it is given. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Value = Html | string | number | boolean | null | undefined | readonly Value[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function render(value: Value): string {
  if (value === null || value === undefined || value === false || value === true) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/**
 * Markup with values: strings are escaped, `Html` is taken as it is, lists are joined, `null` and booleans
 * leave nothing.
 */
export function html(markup: TemplateStringsArray, ...values: readonly Value[]): Html {
  const text = markup.reduce((sofar, part, index) => sofar + render(values[index - 1]) + part);
  return new Html(text);
}
