import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { expect, it } from 'vitest';
import { startSandbox } from '../sandbox.ts';

function statusOf(url: string, ca?: string): Promise<number | string> {
  return new Promise((resolve) => {
    request(url, { ca }, (answer) => resolve(answer.resume().statusCode!))
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end();
  });
}

it('a sandbox with a certificate of its own speaks https to those who trust it, and to nobody else', async () => {
  const sandbox = await startSandbox({ companies: [], tls: 'self-signed' });
  try {
    expect(sandbox.url).toMatch(/^https:/);
    expect(new X509Certificate(sandbox.certificate!).subjectAltName).toContain('127.0.0.1');
    expect(await statusOf(`${sandbox.url}/sandbox/clock`, sandbox.certificate)).toBe(200);
    expect(await statusOf(`${sandbox.url}/sandbox/clock`)).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
    expect(await statusOf(`${sandbox.url}/sandbox/certificate`, sandbox.certificate)).toBe(200);
  } finally {
    await sandbox.close();
  }
});
