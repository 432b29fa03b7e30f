/** So many items one press, or one request, queues. */
export const RETRIES_PER_REQUEST_MAX = 500;

/** What asking for all of a kind came to, as counts. */
export interface QueuedCounts {
  tried: number;
  /** Those that wait for their turn since before. */
  waiting: number;
  /** Those that are not tried with others. */
  singly: number;
  /** The next press takes others. */
  more: boolean;
}

/** What the button for all of a kind says, of which so many can be queued. Pure. */
export function allOfKindText(count: number): string {
  return count > RETRIES_PER_REQUEST_MAX
    ? `Try ${RETRIES_PER_REQUEST_MAX} of the ${count} of this kind`
    : `Try all ${count} of this kind`;
}

/** What is said after that was pressed. Pure. */
export function queuedText({ tried, waiting, singly, more }: QueuedCounts): string {
  return [
    tried === 0
      ? 'Nothing was put in turn anew.'
      : `${tried} of the kind ${tried === 1 ? 'is' : 'are'} tried again, one after the other: what is right by then ` +
        'is gone when you load this page anew.',
    more && 'One press takes no more: press again for the others.',
    waiting === 1 && '1 waits for its turn already, and is not tried twice.',
    waiting > 1 && `${waiting} wait for their turn already, and are not tried twice.`,
    singly === 1 && '1 has to be looked at by itself.',
    singly > 1 && `${singly} have to be looked at one by one.`,
  ]
    .filter((one) => one !== false)
    .join(' ');
}

/** As the address of the page has them. Pure. */
export function queuedQuery({ tried, waiting, singly, more }: QueuedCounts): string {
  return `done=queued&tried=${tried}&waiting=${waiting}&singly=${singly}&more=${more ? 1 : 0}`;
}

/** The same read back; null where somebody else wrote it. Pure. */
export function queuedIn(query: Readonly<Record<string, unknown>>): QueuedCounts | null {
  const [tried, waiting, singly, more] = ['tried', 'waiting', 'singly', 'more'].map((name) => {
    const text = query[name];
    return typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : null;
  });
  if (query.done !== 'queued' || tried == null || waiting == null || singly == null) return null;
  return { tried, waiting, singly, more: more === 1 };
}
