import type { FastifyReply, FastifyRequest } from 'fastify';
import { wantsJson } from '../http/accepts.js';
import type { Problem } from './problem.js';

/** Addresses that people open with a browser, and how they are told what went wrong there. */
export interface HumanPages {
  /** Everything that is no route below it is answered with a page: `/portal`. */
  below: string;
  /** Below these every trouble is told on a page, also one that comes before the route: a form that cannot be read. */
  pages: readonly string[];
  send(reply: FastifyReply, problem: Problem): void;
}

/** Who answers this problem with a page; null where a program asked, or the address is none of people. Pure. */
export function humanPagesFor(
  { url, headers }: Pick<FastifyRequest, 'url' | 'headers'>,
  { code }: Problem,
  all: readonly HumanPages[],
): HumanPages | null {
  if (wantsJson(headers.accept)) return null;
  const path = url.split('?', 1)[0]!;
  const isBelow = (prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);
  const answers = ({ below, pages }: HumanPages): boolean =>
    code === 'route_not_found' ? isBelow(below) : pages.some(isBelow);
  return all.find(answers) ?? null;
}
