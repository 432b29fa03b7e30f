import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('main.ts', import.meta.url));

function start(environment: Record<string, string>): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, [program], { env: { SANDBOX_PORT: '0', ...environment } });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  return { child, said: () => text };
}

describe('the program', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says where everything is and ends well on %s', async (signal) => {
    const { child, said } = start({ SANDBOX_CLIENT_ID: 'my-app' });
    while (!said().includes('webhooks to')) await once(child.stdout!, 'data');
    const url = /page\s+(http:\S+)\//.exec(said())?.[1] ?? '';
    expect((await fetch(`${url}/sandbox/companies`)).status).toBe(200);
    expect(said()).toContain('my-app');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('lists every bad value and does not start', async () => {
    const { child, said } = start({ SANDBOX_PORT: 'x', SANDBOX_WEBHOOK_FORMAT: 'xml' });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said()).toMatch(/SANDBOX_PORT[\s\S]+SANDBOX_WEBHOOK_FORMAT/);
  });
});
