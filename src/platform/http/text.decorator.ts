import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsEmail, IsString, Matches, MaxLength, MinLength, ValidateIf } from 'class-validator';

const NO_CONTROLS = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;
const NO_CONTROLS_BUT_BREAKS = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u;
const EMAIL_LENGTH_MAX = 100;

const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** One line as people type it: trimmed, not empty, at most `max` characters, no line breaks or control characters. */
export function OneLine(max: number): PropertyDecorator {
  return applyDecorators(
    Trimmed(),
    IsString(),
    MinLength(1),
    MaxLength(max),
    Matches(NO_CONTROLS, { message: '$property must not hold line breaks or control characters' }),
  );
}

/** Text of several lines: trimmed, not empty, at most `max` characters, no control characters but breaks and tabs. */
export function Prose(max: number): PropertyDecorator {
  return applyDecorators(
    Trimmed(),
    IsString(),
    MinLength(1),
    MaxLength(max),
    Matches(NO_CONTROLS_BUT_BREAKS, { message: '$property must not hold control characters' }),
  );
}

/** An e-mail address that QuickBooks takes too: at most 100 characters. */
export function EmailAddress(): PropertyDecorator {
  return applyDecorators(Trimmed(), IsEmail(), MaxLength(EMAIL_LENGTH_MAX));
}

/** The field may be left out; null is a value like any other and is checked. */
export const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
