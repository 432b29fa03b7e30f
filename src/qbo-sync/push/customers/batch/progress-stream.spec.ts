import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ProgressStream } from './progress-stream.js';

interface Step {
  status: string;
  done: number;
}
const [queued, half, done] = [
  { status: 'queued', done: 0 },
  { status: 'running', done: 30 },
  { status: 'done', done: 65 },
];

/** Goes through these steps, one for each time it is asked, and stays at the last. */
function through(...steps: Step[]): () => Promise<Step> {
  let next = 0;
  return async () => steps[Math.min(next++, steps.length - 1)]!;
}

describe('Progress as server-sent events', () => {
  it('begins with how things stand, tells each change once, and ends with done', async () => {
    const stream = new ProgressStream(through(queued, queued, half, half, done), {
      askMs: 1,
      heartbeatMs: 60_000,
    });
    expect(await text(stream)).toBe(
      [
        'event: progress\ndata: {"status":"queued","done":0}\n\n',
        'event: progress\ndata: {"status":"running","done":30}\n\n',
        'event: done\ndata: {"status":"done","done":65}\n\n',
      ].join(''),
    );
  });

  it('breaks a long silence with a comment', async () => {
    const stream = new ProgressStream(through(queued, queued, done), { askMs: 1, heartbeatMs: 0 });
    expect(await text(stream)).toContain('}\n\n: still there\n\nevent: done');
  });

  it('asks no more once nobody reads, or when it is closed', async () => {
    let asked = 0;
    const forever = async (): Promise<Step> => ({ ...half, done: (asked += 1) });
    const left = new ProgressStream(forever, { askMs: 1, heartbeatMs: 60_000 });
    for await (const event of left) {
      expect(event).toContain('progress');
      break;
    }
    expect(left.destroyed).toBe(true);
    const closed = new ProgressStream(forever, { askMs: 1, heartbeatMs: 60_000 });
    const all = text(closed);
    closed.once('data', () => closed.close());
    expect(await all).toMatch(/^event: progress\ndata: .*\n\n$/);
  });

  it('ends with the reason when it cannot find out', async () => {
    const stream = new ProgressStream(() => Promise.reject(new Error('no database')));
    await expect(text(stream)).rejects.toThrow('no database');
  });
});
