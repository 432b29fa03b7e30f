import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mailbox, startMailbox } from './demo-mailbox.ts';

describe('The mailbox of the demo', () => {
  let mailbox: Mailbox;

  beforeEach(async () => {
    mailbox = await startMailbox(0);
  });

  afterEach(() => mailbox.close());

  const send = (to: string, subject: string, body: { html?: string; text?: string }): Promise<unknown> =>
    createTransport(mailbox.smtpUrl).sendMail({ from: 'office@peakpro.example', to, subject, ...body });

  const page = async (path: string): Promise<{ status: number; text: string; policy: string | null }> => {
    const answer = await fetch(`${mailbox.url}${path}`);
    const policy = answer.headers.get('content-security-policy');
    return { status: answer.status, text: await answer.text(), policy };
  };

  it('lists what came, the newest first, and shows each as its reader would see it', async () => {
    await send('maria@peakpro.example', 'Your proposal – Müller & Söhne', {
      html: '<a href="/p">Öffnen</a>',
    });
    await send('sales@peakpro.example', 'Plain', { text: 'As text' });
    const { text } = await page('/');
    expect(text.indexOf('Plain')).toBeGreaterThan(0);
    expect(text.indexOf('Plain')).toBeLessThan(text.indexOf('Your proposal – Müller &amp; Söhne'));
    expect(text).toContain('maria@peakpro.example');
    expect(await page('/1')).toMatchObject({
      status: 200,
      text: expect.stringContaining('<a href="/p">Öffnen</a>'),
    });
    expect((await page('/2')).text).toContain('As text');
  });

  it('runs no script of an e-mail, and takes no name in one for markup', async () => {
    await send('maria@peakpro.example', '<script>alert(1)</script>', { html: '<script>alert(2)</script>' });
    expect((await page('/')).text).not.toContain('<script>');
    expect((await page('/1')).policy).toContain("default-src 'none'");
  });

  it('has no others', async () => {
    expect((await page('/1')).status).toBe(404);
    expect((await page('/toString')).status).toBe(404);
  });

  it('moves to another port where its own is taken', async () => {
    const other = await startMailbox(Number(new URL(mailbox.url).port));
    expect(other.url).not.toBe(mailbox.url);
    expect((await fetch(other.url)).status).toBe(200);
    await other.close();
  });
});
