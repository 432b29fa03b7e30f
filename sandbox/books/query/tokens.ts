import { queryParse } from '../fault.ts';

export interface Token {
  kind: 'word' | 'number' | 'string' | 'symbol' | 'end';
  text: string;
  /** 1-based. */
  column: number;
}

const STRING = String.raw`(?<string>'(?:\\.|[^'\\])*')`;
const NUMBER = String.raw`(?<number>-?\d+(?:\.\d+)?(?![\w.]))`;
const WORD = String.raw`(?<word>[A-Za-z_][\w.]*)`;
const SYMBOL = String.raw`(?<symbol><=|>=|!=|<>|[=<>(),*])`;
const PATTERN = new RegExp(String.raw`\s*(?:${STRING}|${NUMBER}|${WORD}|${SYMBOL})`, 'y');

const LABELS: Record<Token['kind'], string> = {
  word: '<IDENTIFIER>',
  number: '<NUMBER>',
  string: '<STRING>',
  symbol: '',
  end: '<EOF>',
};

/** The parser's complaint, in the words of the one QBO uses: the token it met and where. */
export function encountered(token: Token): Error {
  const label = LABELS[token.kind] ? `${LABELS[token.kind]} ` : '';
  return queryParse(`Encountered " ${label}"${token.text} "" at line 1, column ${token.column}.`);
}

/** Cuts a statement into tokens. Strings stand in single quotes; a backslash escapes an apostrophe inside. */
export function tokensOf(statement: string): Token[] {
  const tokens: Token[] = [];
  const text = statement.trimEnd().replace(/;$/, '').trimEnd();
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < text.length) {
    const from = PATTERN.lastIndex;
    const match = PATTERN.exec(text);
    if (!match) {
      const column = from + 1 + (text.slice(from).length - text.slice(from).trimStart().length);
      throw queryParse(`Lexical error at line 1, column ${column}. Encountered: "${text[column - 1]}"`);
    }
    const { string, number, word, symbol } = match.groups!;
    const raw = (string ?? number ?? word ?? symbol)!;
    const column = PATTERN.lastIndex - raw.length + 1;
    if (string !== undefined)
      tokens.push({ kind: 'string', text: raw.slice(1, -1).replace(/\\(.)/g, '$1'), column });
    else
      tokens.push({
        kind: number !== undefined ? 'number' : word !== undefined ? 'word' : 'symbol',
        text: raw,
        column,
      });
  }
  return [...tokens, { kind: 'end', text: '<EOF>', column: text.length + 1 }];
}
