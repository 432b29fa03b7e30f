import { type Form, textAt, textsAt } from './form.ts';
import { StripeError } from './stripe-error.ts';

const METADATA_KEYS_MAX = 50;
const METADATA_KEY_MAX = 40;
const METADATA_VALUE_MAX = 500;
const EMAIL_MAX = 512;

/** Refuses a parameter the route does not know, or one of those below `at`. Pure. */
export function checkKnown(form: Form, known: ReadonlySet<string>, at?: string): void {
  const unknown = Object.keys(form).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const param = at === undefined ? unknown : `${at}[${unknown}]`;
  throw new StripeError(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
}

const PLAIN = new Set(['expand']);

/** Refuses every parameter of a call that takes none but `expand`. Pure. */
export function checkPlain(form: Form): void {
  checkKnown(form, PLAIN);
}

/** Metadata within Stripe's limits: 50 keys of 40 characters, values of 500. Pure. */
export function metadataAt(form: Form, name: string, param = name): Record<string, string> {
  if (textAt(form, name)) throw new StripeError('Invalid object', { param });
  const metadata = textsAt(form, name);
  if (Object.keys(metadata).length > METADATA_KEYS_MAX)
    throw new StripeError(`Metadata can have up to ${METADATA_KEYS_MAX} keys.`, { param });
  for (const [key, value] of Object.entries(metadata)) {
    if (key.length > METADATA_KEY_MAX)
      throw new StripeError(
        `Metadata keys can have up to ${METADATA_KEY_MAX} characters, but you passed in a key that is ` +
          `${key.length} characters.`,
        { param },
      );
    if (value.length > METADATA_VALUE_MAX)
      throw new StripeError(
        `Metadata values can have up to ${METADATA_VALUE_MAX} characters, but you passed in a value that is ` +
          `${value.length} characters. Invalid value: ${value}`,
        { param: `${param}[${key}]` },
      );
  }
  return metadata;
}

/** What is to become of metadata: null where an empty text in the place of them all takes them away. Pure. */
export function metadataChangesAt(form: Form): Record<string, string> | null {
  return textAt(form, 'metadata') === '' ? null : metadataAt(form, 'metadata');
}

/** Metadata with those named replaced; an empty value takes a key away, null all of them. Pure. */
export function annotated(
  metadata: Record<string, string>,
  changes: Record<string, string> | null,
): Record<string, string> {
  if (changes === null) return {};
  return Object.fromEntries(Object.entries({ ...metadata, ...changes }).filter(([, value]) => value !== ''));
}

/** An e-mail address Stripe takes: one, in ASCII. Pure. */
export function checkEmail(address: string, param: string): void {
  const isAscii = /^[\x21-\x7e]+$/.test(address);
  if (isAscii && address.length <= EMAIL_MAX && /^[^@,;<>]+@[^@,;<>]+\.[^@,;<>.]+$/.test(address)) return;
  throw new StripeError(`Invalid email address: ${address}`, { code: 'email_invalid', param });
}

/** A whole number sent as text; a StripeError names the parameter where it is none. Pure. */
export function wholeNumber(text: string, param: string): number {
  if (!/^-?\d+$/.test(text))
    throw new StripeError(`Invalid integer: ${text}`, { code: 'parameter_invalid_integer', param });
  return Number(text);
}

/** One of the words, or undefined when none was sent. Pure. */
export function choiceOf<const Choice extends string>(
  text: string | undefined,
  param: string,
  choices: readonly Choice[],
): Choice | undefined {
  if (text === undefined) return undefined;
  const choice = choices.find((one) => one === text);
  if (choice === undefined)
    throw new StripeError(
      `Invalid ${param}: must be one of ${choices.slice(0, -1).join(', ')}, or ${choices.at(-1)}`,
      { param },
    );
  return choice;
}
