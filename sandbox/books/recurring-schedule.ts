import { badEnum } from './fault.ts';
import { type Body, partOf, sameJson, textOf } from './json.ts';
import { isDay } from './pacific.ts';
import { MONTHS, type Schedule, WEEKDAYS, firstOn, nextAfter } from './schedule.ts';

/** `Automated` makes its documents by itself, the others wait for a person. */
const TYPES = ['Automated', 'Reminded', 'UnScheduled'];
const INTERVALS = ['Daily', 'Weekly', 'Monthly', 'Yearly'] as const;
/** What says when; the other fields of a `ScheduleInfo` follow from these and from what has happened. */
const RULE = [
  'IntervalType',
  'NumInterval',
  'DayOfMonth',
  'DayOfWeek',
  'WeekOfMonth',
  'MonthOfYear',
  'StartDate',
];

function dayIn(schedule: Body, name: string): string | null {
  const day = textOf(schedule, name)?.slice(0, 10);
  return day !== undefined && isDay(day) ? day : null;
}

function whole(value: unknown, least: number, most: number): number | null {
  const number = Number(value ?? NaN);
  return Number.isInteger(number) && number >= least && number <= most ? number : null;
}

function indexIn(words: readonly string[], value: string | undefined): number | null {
  const index = words.findIndex((word) => word.toLowerCase() === value?.toLowerCase());
  return index < 0 ? null : index;
}

/** The schedule of a template; null where it has none. */
export function scheduleIn(info: Body): Schedule | null {
  const sent = partOf(info, 'ScheduleInfo');
  const interval = INTERVALS.find((one) => one === textOf(sent, 'IntervalType'));
  if (!interval) return null;
  const start = dayIn(sent, 'StartDate') ?? dayIn(sent, 'NextDate');
  return {
    interval,
    every: whole(sent.NumInterval, 1, 1000) ?? 1,
    dayOfMonth: whole(sent.DayOfMonth, 1, 31) ?? Number(start?.slice(8) ?? 1),
    weekday: indexIn(WEEKDAYS, textOf(sent, 'DayOfWeek')),
    weekOfMonth: whole(sent.WeekOfMonth, 1, 5),
    month: indexIn(MONTHS, textOf(sent, 'MonthOfYear')) ?? Number(start?.slice(5, 7) ?? 1) - 1,
  };
}

/** Whether nothing comes after so many, or on this day. */
function isOver(schedule: Body, next: string, made: number): boolean {
  const most = whole(schedule.MaxOccurrences, 1, Number.MAX_SAFE_INTEGER);
  return (most !== null && made >= most) || next > (dayIn(schedule, 'EndDate') ?? '9999-12-31');
}

function withNext(info: Body, next: string, made: number): Body {
  const { NextDate: _, ...schedule } = partOf(info, 'ScheduleInfo');
  const over = isOver(schedule, next, made);
  return { ...info, ScheduleInfo: { ...schedule, ...(over ? {} : { NextDate: next }) } };
}

/**
 * The `RecurringInfo` of a template as it is kept: active unless it says otherwise, with the day of its next document.
 * That is the day that was sent, else the schedule's first from the start date on, never one that has passed already.
 */
export function recurringInfo(sent: Body, before: Body, made: number, today: string): Body {
  const type = textOf(sent, 'RecurType');
  if (type !== undefined && !TYPES.includes(type)) throw badEnum('RecurType', type);
  const interval = textOf(partOf(sent, 'ScheduleInfo'), 'IntervalType');
  if (interval !== undefined && !INTERVALS.some((one) => one === interval))
    throw badEnum('IntervalType', interval);
  const info = { Active: true, ...sent };
  const schedule = scheduleIn(info);
  if (!schedule) return info;
  const rule = partOf(info, 'ScheduleInfo');
  const ruleBefore = partOf(before, 'ScheduleInfo');
  const isSame = RULE.every((name) => sameJson(rule[name], ruleBefore[name]));
  const known = dayIn(ruleBefore, 'NextDate');
  const asked = dayIn(rule, 'NextDate');
  const start = dayIn(rule, 'StartDate') ?? today;
  const kept = asked !== null && (isSame || asked !== known) ? asked : isSame ? known : null;
  return withNext(info, kept ?? firstOn(schedule, start > today ? start : today), made);
}

/** The day a template's next document is of; null where none comes. */
export function nextDay(info: Body): string | null {
  return info.Active === false ? null : dayIn(partOf(info, 'ScheduleInfo'), 'NextDate');
}

/** Days before its date on which a document is made; 0 is on the day. */
export function daysAhead(info: Body): number {
  return whole(partOf(info, 'ScheduleInfo').DaysBefore, 0, 365) ?? 0;
}

/** After the document of `day`, the `made`th. */
export function infoAfter(info: Body, day: string, made: number): Body {
  const schedule = scheduleIn(info);
  const done = { ...info, ScheduleInfo: { ...partOf(info, 'ScheduleInfo'), PreviousDate: day } };
  return schedule ? withNext(done, nextAfter(schedule, day), made) : info;
}
