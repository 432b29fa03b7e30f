import { SetMetadata } from '@nestjs/common';
import type { TimerName } from '../timers/timetable.js';

export const TIMER_HANDLER = 'jobs:timer-handler';

type MethodOfTimer = <Run extends () => Promise<unknown>>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Run>,
) => void;

/** Has a method run at the times that the timetable has for a timer. Each timer has one such method. */
export const TimerHandler = (timer: TimerName): MethodOfTimer => SetMetadata(TIMER_HANDLER, timer);
