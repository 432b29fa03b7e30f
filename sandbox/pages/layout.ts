import type { FastifyReply } from 'fastify';
import { Html, html } from './html.ts';
import { style } from './style.ts';

/** `narrow` is one card in the middle of the screen, without the sandbox's own navigation. */
interface Frame {
  title: string;
  body: Html;
  narrow?: boolean;
  /** The company that the links to books, reports and accounts stay with. */
  realm?: string | undefined;
}

function document({ title, body, narrow = false, realm }: Frame): Html {
  const of = realm === undefined ? '' : `?realm=${encodeURIComponent(realm)}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        ${
          !narrow &&
          html`<header class="top">
            <div>
              <strong><a href="/${of}">QuickBooks sandbox</a></strong>
              <a href="/pages/reports${of}">Reports</a>
              <a href="/pages/accounts${of}">Accounts</a>
              <a href="/pages/stripe">Stripe</a>
              <a href="/pages/drills">Drills</a>
              <a href="/pages/connections">Connections</a>
              <a href="/pages/webhooks">Webhooks</a>
              <a href="/pages/calls">API calls</a>
              <a href="/pages/control">Control</a>
            </div>
          </header>`
        }
        <main class="${narrow && 'narrow'}">${body}</main>
      </body>
    </html>`;
}

/** Sends a page that may not be framed, cached or scripted. */
export function sendPage(reply: FastifyReply, frame: Frame): FastifyReply {
  return reply
    .headers({
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    })
    .type('text/html; charset=utf-8')
    .send(document(frame).toString());
}
