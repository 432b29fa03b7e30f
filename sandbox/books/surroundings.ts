import type { EventEmitter } from 'node:events';
import type { SandboxClock } from '../clock.ts';
import type { Switches } from '../switches.ts';
import type { Change } from './change.ts';

/** What a company's books need of the world around them: the time, the open questions, and who hears of changes. */
export interface Surroundings {
  readonly clock: SandboxClock;
  readonly switches: Switches;
  readonly changes: EventEmitter<{ change: [Change]; reset: [] }>;
}
