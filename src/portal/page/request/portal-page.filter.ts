import { Catch } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../../../platform/errors/problem.js';
import { ProblemFilter } from '../../../platform/errors/problem.filter.js';
import { linkGonePage, troublePage } from '../frame/message-page.js';
import { PageReplyService } from './page-reply.service.js';

/** A customer is told on a page what a program is told as a problem, with the same status. */
@Catch()
export class PortalPageFilter extends ProblemFilter {
  constructor(private readonly pages: PageReplyService) {
    super();
  }

  protected override send(_request: FastifyRequest, reply: FastifyReply, { status }: Problem): void {
    this.pages.send(reply, status, status === 404 ? linkGonePage() : troublePage(status));
  }
}
