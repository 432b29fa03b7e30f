/**
 * What somebody typed, as it may stand inside a sentence of ours: text that runs from right to left, or holds control
 * characters of direction, stays within its own place and cannot turn what stands around it. Other text is unchanged.
 * Pure.
 */
export function isolatedText(text: string): string {
  if (!TURNS.test(text)) return text;
  return `${FIRST_STRONG_ISOLATE}${text.replaceAll(DIRECTION_CONTROLS, '')}${POP_ISOLATE}`;
}

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const DIRECTION_CONTROLS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const RIGHT_TO_LEFT = ['Hebrew', 'Arabic', 'Syriac', 'Thaana', 'Nko', 'Samaritan', 'Mandaic', 'Adlam'];
const SCRIPTS = RIGHT_TO_LEFT.map((script) => `\\p{Script=${script}}`).join('');
const TURNS = new RegExp(`${DIRECTION_CONTROLS.source}|[${SCRIPTS}]`, 'u');
