import { markup } from './markup.js';
import { type Frame, framedPage } from './page-frame.js';

/** As long as whoever asked too often is kept waiting. */
const AGAIN_SECONDS = 60;

/** A page that says one thing. Pure. */
function messagePage(title: string, ...paragraphs: string[]): string {
  return framedPage(messageFrame(title, paragraphs));
}

function messageFrame(title: string, paragraphs: readonly string[]): Frame {
  return {
    title,
    company: null,
    layout: 'alone',
    main: markup`<section class="card"><h1>${title}</h1>${paragraphs.map((text) => markup`<p>${text}</p>`)}</section>`,
  };
}

/** The same for a link that never was, one that expired and one that was revoked. */
export function linkGonePage(): string {
  return messagePage(
    'This link does not open a proposal',
    'It may have expired or been replaced, or a part of it got lost on the way.',
    'Please ask the company that sent it to you for a new one.',
  );
}

/**
 * What a customer sees where something else went wrong: why, and what to do. What was asked for may have been done, and
 * they may come from paying, so that nothing is said of either. Pure.
 */
export function troublePage(status: number): string {
  if (status === 429) {
    // Several tabs that wait for one payment can bring it about, and nobody looks at them any more.
    const words = ['This page was asked for very often. It is shown again by itself in a minute.'];
    return framedPage({ ...messageFrame('One moment, please', words), refreshSeconds: AGAIN_SECONDS });
  }
  if (status === 403) {
    return messagePage(
      'That did not come from your proposal',
      'Nothing was done. Open the link you were sent and try again there.',
    );
  }
  if (status >= 500) {
    return messagePage(
      'That did not work',
      'Something went wrong on our side. Open the link you were sent again in a few minutes: it shows what is ' +
        'approved and paid.',
      'If you have just paid or pressed Pay, please do not pay again before you have looked there.',
    );
  }
  return messagePage('That did not work', 'Open the link you were sent and try again there.');
}
