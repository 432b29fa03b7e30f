import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { CalendarDayField } from './calendar-day.decorator.js';

class Wanted {
  @CalendarDayField()
  on?: unknown;
}

class WantedOrNull {
  @CalendarDayField({ nullable: true })
  on?: unknown;
}

class Optional {
  @CalendarDayField({ optional: true })
  on?: unknown;
}

const A_DAY = ['on must be a day, YYYY-MM-DD'];
const A_DAY_OR_NULL = ['on must be a day of the calendar, as 2026-03-02, or null'];

describe('A field that holds a day', () => {
  it.each([
    { Field: Wanted, on: '2026-02-28', problems: [] },
    { Field: Wanted, on: '2026-02-29', problems: A_DAY },
    { Field: Wanted, on: null, problems: A_DAY },
    { Field: Wanted, on: undefined, problems: A_DAY },
    { Field: WantedOrNull, on: '2026-02-28', problems: [] },
    { Field: WantedOrNull, on: null, problems: [] },
    { Field: WantedOrNull, on: '2 March', problems: A_DAY_OR_NULL },
    { Field: WantedOrNull, on: undefined, problems: A_DAY_OR_NULL },
    { Field: Optional, on: undefined, problems: [] },
    { Field: Optional, on: '2026-2-28', problems: A_DAY },
  ])('of $Field.name with $on has these problems: $problems', ({ Field, on, problems }) => {
    const found = validateSync(Object.assign(new Field(), { on }));
    expect(found.flatMap(({ constraints }) => Object.values(constraints ?? {}))).toEqual(problems);
  });
});
