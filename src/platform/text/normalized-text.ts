/** A text as it is kept: in Unicode form NFC, so that one spelling is one text, and without space at its ends. Pure. */
export function normalizedText(text: string): string {
  return text.normalize('NFC').trim();
}
