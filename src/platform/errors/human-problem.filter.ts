import { Catch } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type HumanPages, humanPagesFor } from './human-pages.js';
import { ProblemFilter } from './problem.filter.js';
import type { Problem } from './problem.js';

/**
 * The filter of the whole application: answers people with a page where they open an address, and programs with a
 * problem.
 */
@Catch()
export class HumanProblemFilter extends ProblemFilter {
  constructor(private readonly pages: readonly HumanPages[]) {
    super();
  }

  protected override send(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
    const page = humanPagesFor(request, problem.code !== 'route_not_found', this.pages);
    if (page) page.send(reply, problem);
    else super.send(request, reply, problem);
  }
}
