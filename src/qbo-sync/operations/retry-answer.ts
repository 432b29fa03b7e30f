import type { OutboundOperation } from './rows/operation.entity.js';

/** An operation as it is after somebody had it tried again. */
export interface TriedAgain {
  operation: Pick<OutboundOperation, 'state' | 'errorDetail'>;
  /** Whether somebody holds it at this moment. */
  held: boolean;
}

const BEING_SENT =
  'It is being sent at this moment. Look again in a minute, and enter nothing by hand meanwhile.';
const SENT_BY_ITSELF = 'QuickBooks has not answered yet. It is looked for and sent by itself, once.';

/**
 * Why not all of these are done, in a sentence; null where they are. `blocked`: what one waits for that was never
 * tried. Of one that is on its way what went wrong before says nothing: it may be in the books in a moment. Pure.
 */
export function retryAnswer(tried: readonly TriedAgain[], blocked: string): string | null {
  const open = tried.filter(({ operation }) => operation.state !== 'done');
  if (open.some(isOnItsWay)) return BEING_SENT;
  const first = open[0]?.operation;
  if (!first) return null;
  return first.errorDetail ?? (first.state === 'waiting' ? blocked : SENT_BY_ITSELF);
}

/** What went wrong with it last; null where it is on its way, and what comes of it is not known. Pure. */
export function lastFailureOf({ state, errorDetail }: TriedAgain['operation']): string | null {
  return state === 'sent' ? null : errorDetail;
}

function isOnItsWay({ operation, held }: TriedAgain): boolean {
  return held || operation.state === 'sent';
}
