import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { wantsJson, wantsPage } from '../http/accepts.js';
import type { Problem } from './problem.js';

/** Addresses that people open with a browser, and how they are told what went wrong there. */
export interface HumanPages {
  /** Everything that is no route below it is answered with a page: `/portal`; empty: whatever is no route. */
  below: string;
  /** Below these every trouble is told on a page, also one that comes before the route: a form that cannot be read. */
  pages: readonly string[];
  /** Programs ask there too, or below these: only a browser, which says that it wants a page, gets one. */
  forBrowsersAlone?: boolean | readonly string[];
  send(reply: FastifyReply, problem: Problem): void;
}

const kept = new WeakMap<FastifyInstance, readonly HumanPages[]>();

/** Keeps the pages of a server for what its router refuses, which no filter hears of. */
export function keepHumanPages(fastify: FastifyInstance, pages: readonly HumanPages[]): void {
  kept.set(fastify, pages);
}

/** Who answers, with a page, what the router refused before there was a route; null where a program asked. */
export function humanPagesUnrouted(request: FastifyRequest): HumanPages | null {
  return humanPagesFor(request, false, kept.get(request.server) ?? []);
}

/** Whether the route of a request answers people, with pages. */
export function isForPeople(request: FastifyRequest): boolean {
  return humanPagesFor(request, true, kept.get(request.server) ?? []) !== null;
}

/**
 * Who answers a request's problem with a page; null where a program asked, or the address is none of people. What has
 * no route is answered for every address below that of people. Pure.
 */
export function humanPagesFor(
  { url, headers }: Pick<FastifyRequest, 'url' | 'headers'>,
  isRouted: boolean,
  all: readonly HumanPages[],
): HumanPages | null {
  if (wantsJson(headers.accept)) return null;
  const path = url.split('?', 1)[0]!;
  const isBelow = (prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);
  const isOfPrograms = (where: HumanPages['forBrowsersAlone'] = false): boolean =>
    typeof where === 'boolean' ? where : where.some(isBelow);
  const answers = ({ below, pages, forBrowsersAlone }: HumanPages): boolean =>
    (!isOfPrograms(forBrowsersAlone) || wantsPage(headers.accept)) &&
    (isRouted ? pages.some(isBelow) : isBelow(below));
  return all.find(answers) ?? null;
}
