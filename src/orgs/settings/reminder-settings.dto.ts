import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsInt, Max, Min, ValidateBy } from 'class-validator';
import { IfGiven } from '../../platform/http/decorators/text.decorator.js';
import {
  DAY_BEGINS,
  DEFAULT_SEND_AT,
  isSendAt,
  LATEST_SEND_AT,
  REMINDER_DAYS_MAX,
  type ReminderSettings,
  REMINDERS_OF_A_KIND_MAX,
} from './reminder-times.js';

const DAYS = {
  type: 'array',
  items: { type: 'integer', minimum: 0, maximum: REMINDER_DAYS_MAX },
  maxItems: REMINDERS_OF_A_KIND_MAX,
} as const;

const Days = (): PropertyDecorator =>
  applyDecorators(
    IfGiven(),
    IsArray({ message: '$property must be a list of days, such as [1, 7]' }),
    ArrayMaxSize(REMINDERS_OF_A_KIND_MAX, {
      message: `$property must hold at most ${REMINDERS_OF_A_KIND_MAX} days`,
    }),
    ArrayUnique({ message: '$property must hold each day once' }),
    IsInt({ each: true, message: '$property must hold whole days' }),
    Min(0, { each: true, message: '$property must hold days of 0 or more' }),
    Max(REMINDER_DAYS_MAX, { each: true, message: `$property must hold at most ${REMINDER_DAYS_MAX} days` }),
  );

/** When customers are reminded of invoices that are due, in the organisation's time zone. */
export class ReminderSettingsBody implements ReminderSettings {
  @ApiPropertyOptional({ ...DAYS, example: [3], description: 'Days before the due day' })
  @Days()
  days_before: number[] = [];

  @ApiPropertyOptional({ ...DAYS, example: [1, 7, 14], description: 'Days after it; 0 is the day itself' })
  @Days()
  @ValidateBy({
    name: 'isSomeReminder',
    validator: {
      validate: (after, args) => {
        const { days_before: before } = args!.object as ReminderSettingsBody;
        return !Array.isArray(after) || !Array.isArray(before) || after.length + before.length > 0;
      },
      defaultMessage: () => 'days_after or days_before must hold a day; null for reminders turns them off',
    },
  })
  days_after: number[] = [];

  @ApiPropertyOptional({
    example: DEFAULT_SEND_AT,
    default: DEFAULT_SEND_AT,
    description: `Local time, from ${DAY_BEGINS} to ${LATEST_SEND_AT}: nobody is reminded at night`,
  })
  @IfGiven()
  @ValidateBy({
    name: 'isSendAt',
    validator: {
      validate: isSendAt,
      defaultMessage: () => `send_at must be a time of day, HH:MM, from ${DAY_BEGINS} to ${LATEST_SEND_AT}`,
    },
  })
  send_at: string = DEFAULT_SEND_AT;
}

/** The same as it is in force. */
export class ReminderSettingsView implements ReminderSettings {
  @ApiProperty({ ...DAYS, example: [3], description: 'Days before the due day' })
  days_before!: number[];

  @ApiProperty({ ...DAYS, example: [1, 7, 14], description: 'Days after it; 0 is the day itself' })
  days_after!: number[];

  @ApiProperty({ example: DEFAULT_SEND_AT, description: 'Local time' })
  send_at!: string;
}
