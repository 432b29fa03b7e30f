import { Catch } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wantsPage } from '../../platform/http/accepts.js';
import { sendPage } from '../../platform/http/pages/page-form.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import type { Problem } from '../../platform/errors/problem.js';
import { ProblemFilter } from '../../platform/errors/problem.filter.js';
import { VendorError } from '../../platform/errors/vendor-error.js';
import { notConnectedPage } from './connection-page.js';

/** Answers a browser with a page where a program gets a problem, with the same status. */
@Catch(DomainError, VendorError)
export class ConnectionPageFilter extends ProblemFilter {
  protected override send(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
    if (!wantsPage(request.headers.accept)) return super.send(request, reply, problem);
    sendPage(reply, notConnectedPage(problem, null), problem.status);
  }
}
