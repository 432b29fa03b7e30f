import { Injectable } from '@nestjs/common';
import { Clock } from './clock.js';

@Injectable()
export class SystemClockService extends Clock {
  override now(): Date {
    return new Date();
  }
}
