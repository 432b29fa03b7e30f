import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fastify from 'fastify';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { html } from './pages/html.ts';
import { sendPage } from './pages/layout.ts';

/** The newest are kept. */
const MAILS_MAX = 500;
const HOST = '127.0.0.1';

interface Mail {
  number: number;
  receivedAt: Date;
  to: string;
  subject: string;
  html: string;
  text: string;
}

/** What the demo's e-mails come to, whoever they are for: nothing leaves the machine. */
export interface Mailbox {
  /** What the CRM sends by. */
  smtpUrl: string;
  /** Where a person reads them. */
  url: string;
  close(): Promise<void>;
}

/** Takes every e-mail it is handed and shows it on a page at `port`, or at any that is free where that is taken. */
export async function startMailbox(port: number): Promise<Mailbox> {
  const mails: Mail[] = [];
  let count = 0;
  const keep = async (stream: Readable, recipients: readonly { address: string }[]): Promise<void> => {
    const mail = await readMail(stream);
    count += 1;
    const to = recipients.map(({ address }) => address).join(', ');
    mails.unshift({ number: count, receivedAt: new Date(), to, ...mail });
    mails.length = Math.min(mails.length, MAILS_MAX);
  };
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, { envelope }, taken) => void keep(stream, envelope.rcptTo).then(() => taken(), taken),
  });
  // A client that goes away in the middle has sent nothing, and is no reason to end.
  smtp.on('error', () => {});
  await new Promise<void>((resolve) => smtp.listen(0, HOST, () => resolve()));
  const pages = mailPages(mails);
  const url = await pages.listen({ host: HOST, port }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return pages.listen({ host: HOST, port: 0 });
  });
  const { port: smtpPort } = smtp.server.address() as AddressInfo;
  return {
    smtpUrl: `smtp://${HOST}:${smtpPort}?from=${encodeURIComponent('PeakPro CRM <office@peakpro.example>')}`,
    url: url.replace(HOST, 'localhost'),
    close: async () => {
      await Promise.all([pages.close(), new Promise<void>((resolve) => smtp.close(() => resolve()))]);
    },
  };
}

async function readMail(stream: Readable): Promise<Pick<Mail, 'subject' | 'html' | 'text'>> {
  const { subject = '', html: page = '', text = '' } = await PostalMime.parse(await buffer(stream));
  return { subject, html: page, text };
}

function mailPages(mails: readonly Mail[]): ReturnType<typeof fastify> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/', async (_request, reply) => {
    const cards = mails.map(
      ({ number, receivedAt, to, subject }) =>
        html`<div class="card">
          <a href="/${number}">${subject || 'No subject'}</a>
          <p class="quiet">To ${to}, ${receivedAt.toISOString().slice(0, 19).replace('T', ' ')} UTC</p>
        </div>`,
    );
    return sendPage(reply, {
      title: 'Mailbox',
      body: html`<h1>Mailbox</h1>
        <p>Every e-mail of the demo, whoever it is for. Load the page anew to see what came since.</p>
        ${cards.length > 0 ? cards : html`<p class="quiet">None yet.</p>`}`,
      narrow: true,
    });
  });
  app.get<{ Params: { number: string } }>('/:number', async (request, reply) => {
    const mail = mails.find(({ number }) => String(number) === request.params.number);
    if (!mail) return reply.code(404).type('text/plain').send('There is no such e-mail.\n');
    if (mail.html === '') return reply.type('text/plain; charset=utf-8').send(mail.text);
    return reply
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
      .type('text/html; charset=utf-8')
      .send(mail.html);
  });
  return app;
}
