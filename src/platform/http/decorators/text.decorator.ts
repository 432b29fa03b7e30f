import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Matches, MaxLength, MinLength, ValidateBy, ValidateIf } from 'class-validator';
import { isEmailAddress, normalizedEmail } from '../../text/email-address.js';
import { normalizedText } from '../../text/normalized-text.js';

const NO_CONTROLS = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;
const NO_CONTROLS_BUT_BREAKS = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u;
/** Whoever sent it has lost a letter already and put U+FFFD in its place. */
const NO_LOST_LETTERS = /^[^\uFFFD]*$/u;
const LOST_LETTER = '$property holds a replacement character in place of a letter; send it as UTF-8';
/** Not marks, blanks and characters without a place alone: whoever reads such a name or signature sees none. */
const SHOWS_SOMETHING = /^$|[^\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}\p{Z}\u2800\uFFFC\u{1D159}]/u;
const SHOWS_NOTHING = '$property must hold something that can be seen';
const EMAIL_LENGTH_MAX = 100;
const SIGN_IN_LENGTH_MAX = 254;

/** Text as it is kept, from where it enters: in Unicode form NFC and without space at its ends. */
export const NormalizedText = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? normalizedText(value) : value));

/** An address as it is kept, from where it enters: one spelling for each person. */
const NormalizedEmail = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? normalizedEmail(value) : value));

/**
 * One line as people type it: NFC, trimmed, not empty, at most `max` characters, no line breaks or control
 * characters.
 */
export function OneLine(max: number): PropertyDecorator {
  const message = '$property must not hold line breaks or control characters';
  return applyDecorators(VisibleText(max), Matches(NO_CONTROLS, { message }));
}

/**
 * Text of several lines: NFC, trimmed, not empty, at most `max` characters, no control characters but breaks and
 * tabs.
 */
export function Prose(max: number): PropertyDecorator {
  const message = '$property must not hold control characters';
  return applyDecorators(VisibleText(max), Matches(NO_CONTROLS_BUT_BREAKS, { message }));
}

/** What every text of people is: NFC, trimmed, and something to see. */
function VisibleText(max: number): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ minLength: 1, maxLength: max }),
    NormalizedText(),
    IsString(),
    MinLength(1),
    MaxLength(max),
    Matches(NO_LOST_LETTERS, { message: LOST_LETTER }),
    Matches(SHOWS_SOMETHING, { message: SHOWS_NOTHING }),
  );
}

/** An e-mail address that QuickBooks takes too: at most 100 characters. */
export function EmailAddress(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ maxLength: EMAIL_LENGTH_MAX }),
    NormalizedEmail(),
    isEmailProperty(),
    MaxLength(EMAIL_LENGTH_MAX),
  );
}

/** The address somebody signs in with: at most 254 characters, of any domain, `localhost` too. */
export function SignInAddress(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ maxLength: SIGN_IN_LENGTH_MAX }),
    NormalizedEmail(),
    isEmailProperty({ require_tld: false }),
    MaxLength(SIGN_IN_LENGTH_MAX),
  );
}

function isEmailProperty(options?: Parameters<typeof isEmailAddress>[1]): PropertyDecorator {
  return ValidateBy({
    name: 'isEmail',
    validator: {
      validate: (value) => isEmailAddress(value, options),
      defaultMessage: () => '$property must be an email',
    },
  });
}

/** The field may be left out; null is a value like any other and is checked. */
export const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
