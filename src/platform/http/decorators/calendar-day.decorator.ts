import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { isCalendarDay } from '../../time/calendar-day.js';

/** What a day of a body or a query may be beside a day. */
export interface CalendarDayRule {
  example?: string;
  description?: string;
  /** The field may be left out. */
  optional?: true;
  /** Null is a value of its own: there is no such day. */
  nullable?: true;
}

/** A field that holds a day that exists, written `YYYY-MM-DD`. */
export function CalendarDayField({ optional, ...shown }: CalendarDayRule = {}): PropertyDecorator {
  const { nullable } = shown;
  return applyDecorators(
    ApiProperty({ type: String, format: 'date', ...shown, ...(optional && { required: false }) }),
    ...(optional ? [IsOptional()] : []),
    ValidateBy({
      name: 'isCalendarDay',
      validator: {
        validate: (value) => (nullable && value === null) || isCalendarDay(value),
        defaultMessage: () =>
          nullable && !optional
            ? '$property must be a day of the calendar, as 2026-03-02, or null'
            : '$property must be a day, YYYY-MM-DD',
      },
    }),
  );
}
