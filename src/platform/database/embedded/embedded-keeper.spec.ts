import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepRunning } from './embedded-keeper.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('A server that is looked after', () => {
  it('is started again also where a start could not even be tried', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    let isKilled = true;
    const start = vi
      .fn<() => Promise<string | null>>()
      .mockRejectedValueOnce(new Error('spawn EAGAIN'))
      .mockImplementation(async () => {
        isKilled = false;
        return null;
      });
    const leaveAlone = keepRunning({ wasKilled: async () => isKilled, start });
    await vi.waitFor(() => expect(start).toHaveBeenCalledTimes(2), { timeout: 30_000 });
    await leaveAlone();
    expect(said.mock.calls.join('\n')).toContain('spawn EAGAIN');
  });
});
