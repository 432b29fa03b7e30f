/** Marks that turn the direction of what stands around them, and characters that take no place and show nothing. */
const HIDDEN = new RegExp(
  [
    '[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]', // direction
    '[\\u00AD\\u180E\\u200B\\u2060-\\u2065\\u206A-\\u206F\\uFEFF]', // soft hyphens and spaces without width
    '[\\u115F\\u1160\\u3164\\uFFA0]', // letters of Hangul that are blank
    '(?<!\\u{1F3F4}[\\u{E0020}-\\u{E007F}]{0,6})[\\u{E0000}-\\u{E007F}]', // tags, but the six in flags of regions
  ].join('|'),
  'gu',
);

/** Joiners mean something after letters that join, marks and pictures; after Latin, Greek, Cyrillic they hide. */
const STRAY_JOINER = new RegExp(
  [
    '(?<!',
    '[\\p{M}\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F]',
    '|(?![\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}])\\p{L}',
    ')[\\u200C\\u200D]',
    '|[\\u200C\\u200D](?=$|[\\s\\u200C\\u200D])',
  ].join(''),
  'gu',
);

/**
 * A text without what nobody sees: direction controls, characters without width, blank letters, joiners that join
 * nothing. Two texts that look the same are then more often the same. Pure.
 */
export function visibleText(text: string): string {
  return text.replaceAll(HIDDEN, '').replaceAll(STRAY_JOINER, '');
}
