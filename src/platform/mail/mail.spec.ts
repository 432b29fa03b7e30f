import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../config/config.js';
import { MailClient } from './mail.client.js';
import { mailLayout } from './mail-layout.js';
import { endsHere, mailErrorOf } from './mail-error.js';
import { bounceAddress, senderAddress } from './sender-address.js';

describe('The address that mail comes from', () => {
  it.each([
    {
      name: 'is the one the SMTP URL names',
      smtp: 'smtp://u:p@mx.test?from=hi%40acme.test',
      from: 'hi@acme.test',
    },
    {
      name: 'is the one that the SMTP URL names a sender with',
      smtp: 'smtp://u:p@mx.test?from=Acme,%20Inc.%20%3Chi%40acme.test%3E',
      from: 'hi@acme.test',
    },
    {
      name: 'is the one it signs in with',
      smtp: 'smtps://office%40acme.test:p@mx.test',
      from: 'office@acme.test',
    },
    {
      name: 'is none that signs in without being an address',
      smtp: 'smtp://apikey:p@mx.test',
      from: 'no-reply@pay.acme.test',
    },
    {
      name: 'is never a list or a header',
      smtp: 'smtp://mx.test?from=a%40b%0d%0aBcc:%20c%40d',
      from: 'no-reply@pay.acme.test',
    },
  ])('$name', ({ smtp, from }) => {
    expect(senderAddress(smtp, 'https://pay.acme.test/portal')).toBe(from);
  });
});

describe('The address that undelivered mail comes back to', () => {
  it.each([
    { name: 'is the sender', smtp: 'smtp://mx.test', to: 'hi@acme.test' },
    {
      name: 'is the one the SMTP URL names',
      smtp: 'smtp://mx.test?bounces=back%40acme.test',
      to: 'back@acme.test',
    },
    { name: 'is never a list or a header', smtp: 'smtp://mx.test?bounces=a%40b,c%40d', to: 'hi@acme.test' },
  ])('$name', ({ smtp, to }) => {
    expect(bounceAddress(smtp, 'hi@acme.test')).toBe(to);
  });
});

describe('A delivery that failed', () => {
  it.each([
    { what: 'no connection', error: { code: 'ESOCKET' }, permanent: false },
    { what: 'a busy server', error: { code: 'EENVELOPE', responseCode: 451 }, permanent: false },
    { what: 'a wrong password', error: { code: 'EAUTH', responseCode: 535 }, permanent: false },
    { what: 'an unknown mailbox', error: { code: 'EENVELOPE', responseCode: 550 }, permanent: true },
    { what: 'a refused message', error: { code: 'EMESSAGE', responseCode: 554 }, permanent: true },
    { what: 'anything else', error: undefined, permanent: false },
  ])('by $what is final: $permanent', ({ error, permanent }) => {
    expect(mailErrorOf(error, false).permanent).toBe(permanent);
  });

  it.each([
    {
      what: 'a server that fell silent before it had it',
      error: { code: 'ETIMEDOUT' },
      wasSent: false,
      mayBeTaken: false,
    },
    {
      what: 'a server that fell silent with it',
      error: { code: 'ETIMEDOUT' },
      wasSent: true,
      mayBeTaken: true,
    },
    {
      what: 'a connection that broke',
      error: { code: 'ESOCKET', syscall: 'read' },
      wasSent: true,
      mayBeTaken: true,
    },
    {
      what: 'a server that said no to it',
      error: { code: 'EMESSAGE', responseCode: 451 },
      wasSent: true,
      mayBeTaken: false,
    },
  ])('by $what may have been taken all the same: $mayBeTaken', ({ error, wasSent, mayBeTaken }) => {
    expect(mailErrorOf(error, wasSent).mayBeTaken).toBe(mayBeTaken);
  });

  it('is the last where it is for good, or where two answers in a row were lost', () => {
    const [lost, busy] = [
      mailErrorOf({ code: 'ETIMEDOUT' }, true),
      mailErrorOf({ code: 'ETIMEDOUT' }, false),
    ];
    const refused = mailErrorOf({ code: 'EENVELOPE', responseCode: 550 }, false);
    expect(endsHere(refused, null)).toBe(true);
    expect([endsHere(lost, null), endsHere(lost, busy.message), endsHere(lost, `${lost.message}.`)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(endsHere(busy, lost.message)).toBe(false);
  });

  it.each([
    {
      error: { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' },
      says: 'The mail server does not take the address (it answered 550)',
    },
    {
      error: { code: 'EENVELOPE', responseCode: 451, command: 'RCPT TO' },
      says: 'The mail server did not take the address yet (it answered 451)',
    },
    {
      error: { code: 'EENVELOPE', responseCode: 553, command: 'MAIL FROM' },
      says: 'The mail server does not take our own address as the sender (it answered 553)',
    },
    {
      error: { code: 'EMESSAGE', responseCode: 554, command: 'DATA' },
      says: 'The mail server does not take the message (it answered 554)',
    },
    {
      error: { code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' },
      says: 'The mail server does not take our sign-in (it answered 535)',
    },
    { error: { code: 'EDNS' }, says: 'The name of the mail server could not be found' },
    { error: { code: 'ESOCKET' }, says: 'The mail server could not be reached or did not answer' },
    { error: { code: 'EPROTOCOL', responseCode: 421 }, says: 'The mail server said no (it answered 421)' },
  ])('is told in words, without a code of the driver and of whom it was for: $says', ({ error, says }) => {
    const failure = Object.assign(new Error('550 ann@example.com unknown'), error, {
      response: '550 ann@example.com unknown',
    });
    expect(mailErrorOf(failure, false).message).toBe(says);
  });
});

describe('A mail of ours', () => {
  it('breaks its long words and its address anywhere, so that it is no wider than a phone', () => {
    const url = `https://crm.acme.test/auth/new-password?token=${'x'.repeat(43)}`;
    const { html } = mailLayout({
      title: 't',
      paragraphs: ['x'.repeat(120)],
      button: { text: 'b', url },
      note: '',
      closing: '',
    });
    expect(html).toMatch(/<body style="[^"]*overflow-wrap:anywhere/);
    expect(html).toContain(`copy this address: ${url}</p>`);
  });
});

describe('A mail server that drips its answers without end', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is left after a time, and not listened to any more', async () => {
    const late = timeUp();
    const left = Promise.withResolvers<void>();
    const server = createServer((socket: Socket) => {
      late.abort();
      socket.write('220 mail.test\r\n');
      const drip = setInterval(() => socket.write('250-and another thing\r\n'), 20);
      socket
        .on('error', () => {})
        .on('close', () => {
          clearInterval(drip);
          left.resolve();
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new MailClient(readConfig({ NODE_ENV: 'test', SMTP_URL: `smtp://127.0.0.1:${port}` }));
    const message = { id: '1', fromName: 'Acme', to: { name: '', address: 'ann@acme.test' } };
    await expect(client.send({ ...message, subject: 'Roof', text: 'Roof', html: '' })).rejects.toMatchObject({
      message: 'The mail server could not be reached or did not answer',
      permanent: false,
      mayBeTaken: false,
    });
    await left.promise;
    server.close();
  });
});

describe('A mail server that takes its time', () => {
  afterEach(() => vi.restoreAllMocks());

  const serving = async (answer: (line: string, socket: Socket) => unknown): Promise<MailClient> => {
    const server = createServer((socket: Socket) => {
      socket.on('error', () => {}).write('220 mail.test\r\n');
      socket.on('data', (data: Buffer) => answer(data.toString(), socket));
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new MailClient(readConfig({ NODE_ENV: 'test', SMTP_URL: `smtp://127.0.0.1:${port}?pool=true` }));
  };
  const message = { id: '1', fromName: 'Acme', to: { name: '', address: 'ann@acme.test' }, subject: 'Roof' };
  const send = (client: MailClient) => client.send({ ...message, text: 'Roof', html: '' });

  it('is waited for once it has the message', async () => {
    const late = timeUp();
    let sent: string | null = null;
    const client = await serving((data, socket) => {
      if (sent === null) {
        if (!data.startsWith('DATA')) return socket.write('250 Yes\r\n');
        sent = '';
        return socket.write('354 Go on\r\n');
      }
      sent += data;
      if (!sent.endsWith('\r\n.\r\n')) return;
      late.abort();
      setImmediate(() => socket.write('250 Taken\r\n'));
    });
    await expect(send(client)).resolves.toBeUndefined();
    expect(late.signal.aborted).toBe(true);
  });

  it('is left before it has it', async () => {
    const late = timeUp();
    const client = await serving((line, socket) => {
      if (line.startsWith('RCPT')) late.abort();
      else socket.write('250 Yes\r\n');
    });
    await expect(send(client)).rejects.toMatchObject({ permanent: false, mayBeTaken: false });
  });
});

/** The next time that something is given is over when this is aborted, and not before, however slow the machine is. */
function timeUp(): AbortController {
  const controller = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockImplementationOnce(() => controller.signal);
  return controller;
}
