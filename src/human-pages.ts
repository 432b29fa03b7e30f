import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import {
  ACCOUNT_PATH,
  FORGOTTEN_PATH,
  INVITATION_PATH,
  NEW_PASSWORD_PATH,
  SECOND_FACTOR_PATH,
} from './auth/account/account-addresses.js';
import { SIGN_IN_PATH } from './auth/access/browser-session.decorator.js';
import { INBOX_PAGE_PATH } from './inbox/inbox-page.js';
import { WHY_PAGE_PATH } from './messages/why-address.js';
import { Config } from './platform/config/config.js';
import type { HumanPages } from './platform/errors/human-pages.js';
import { noticePage } from './platform/http/pages/html.js';
import { fieldSentences } from './platform/errors/field-sentences.js';
import type { Problem } from './platform/errors/problem.js';
import { sendPage } from './platform/http/pages/page-form.js';
import { linkGonePage, troublePage } from './portal/page/frame/message-page.js';
import { STATUS_PAGE_PATH } from './qbo-sync/connection/status-address.js';
import { PageReplyService } from './portal/page/request/page-reply.service.js';

const SIGN_IN = { text: 'Sign in', href: SIGN_IN_PATH };
const ACCOUNT = { text: 'Go to your account', href: ACCOUNT_PATH };
const INBOX = { text: 'Go to the inbox', href: INBOX_PAGE_PATH };
const STATUS = { text: 'Go to the connection', href: STATUS_PAGE_PATH };
const CONNECT = { text: 'Connect QuickBooks', href: '/qbo/oauth/start' };

/** Everything below these addresses is opened by people: what is unknown or cannot be read is told on a page. */
export function humanPagesOf(app: NestFastifyApplication): HumanPages[] {
  const portal = new PageReplyService(app.get(Config));
  return [
    {
      below: '/portal',
      pages: ['/portal/p', '/portal/return', '/portal/payment', '/portal/dev-checkout'],
      forBrowsersAlone: ['/portal/links', '/portal/email', '/portal/evidence', '/portal/approve'],
      send: (reply, { status }) =>
        portal.send(reply, status, status === 404 ? linkGonePage() : troublePage(status)),
    },
    notices('/qbo/oauth', [], CONNECT),
    { ...notices('/qbo/oauth', ['/qbo/oauth'], CONNECT), forBrowsersAlone: true },
    withForms(notices(INBOX_PAGE_PATH, [INBOX_PAGE_PATH], INBOX)),
    withForms(notices(STATUS_PAGE_PATH, [STATUS_PAGE_PATH], STATUS)),
    notices(WHY_PAGE_PATH, [WHY_PAGE_PATH], INBOX),
    withForms(notices(SECOND_FACTOR_PATH, [SECOND_FACTOR_PATH], SIGN_IN)),
    withForms(notices(ACCOUNT_PATH, [ACCOUNT_PATH], SIGN_IN)),
    notices(FORGOTTEN_PATH, [FORGOTTEN_PATH], SIGN_IN),
    notices(INVITATION_PATH, [INVITATION_PATH], SIGN_IN),
    notices(NEW_PASSWORD_PATH, [NEW_PASSWORD_PATH], SIGN_IN),
    notices(SIGN_IN_PATH, [SIGN_IN_PATH], SIGN_IN),
    // Routes of programs stand here too, and an address of theirs that is mistyped is told as before.
    { ...notices('/auth', [], SIGN_IN), forBrowsersAlone: true },
    front(),
  ];
}

/**
 * The bare host, as people type it, leads to the page of the account, or to sign in before; whatever else is unknown is
 * told to a browser on a page.
 */
function front(): HumanPages {
  const unknown = notices('', [], ACCOUNT);
  return {
    ...unknown,
    forBrowsersAlone: true,
    send: (reply, problem) => {
      if (reply.request.url.split('?', 1)[0] === '/') void reply.redirect(ACCOUNT_PATH, 303);
      else unknown.send(reply, problem);
    },
  };
}

/**
 * A form that refuses what was sent leaves the browser at its own address, which answers POST alone: loaded anew, that
 * and every other address below the page leads to the page. Nothing is done by it.
 */
function withForms(pages: HumanPages): HumanPages {
  return {
    ...pages,
    send: (reply, problem) => {
      if (problem.status === 404 && reply.request.method === 'GET') void reply.redirect(pages.below, 303);
      else pages.send(reply, problem);
    },
  };
}

function notices(below: string, pages: string[], onward: typeof SIGN_IN): HumanPages {
  return {
    below,
    pages,
    send: (reply, problem) => {
      const { status, code, detail } = problem;
      const page =
        status === 404
          ? noticePage('This page does not exist', 'A part of its address may have got lost.', onward)
          : noticePage(
              'That did not work',
              code === 'internal_error' ? withId(detail, reply) : fieldsText(problem),
              onward,
            );
      sendPage(reply, page, status);
    },
  };
}

/** A person sees a form, and not the names that its fields have for programs. */
function fieldsText({ detail, errors = [] }: Problem): string {
  return fieldSentences(errors) || detail;
}

/** Support asks for the id, and a page has no place of its own for it. */
function withId(detail: string, { request }: FastifyReply): string {
  return `${detail} The request id is ${request.id}.`;
}
