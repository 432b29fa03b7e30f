import { visibleText } from './visible-text.js';

/**
 * A text as it is kept: in Unicode form NFC, so that one spelling is one text, without space at its ends and without
 * characters that are not seen. Pure.
 */
export function normalizedText(text: string): string {
  return visibleText(text.normalize('NFC')).trim();
}
