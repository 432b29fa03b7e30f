import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Config } from '../../../platform/config/config.js';
import { HTML } from '../../../platform/http/pages/html.js';
import { pageHeaders } from './page-policy.js';

/** Sends a customer's page with the headers that go with it. */
@Injectable()
export class PageReplyService {
  private readonly headers: Record<string, string>;

  constructor({ portalPublicUrl, stripe }: Config) {
    this.headers = pageHeaders({ portalPublicUrl, stripeApiBaseUrl: stripe.apiBaseUrl });
  }

  send(reply: FastifyReply, status: number, html: string): void {
    void reply.status(status).headers(this.headers).type(HTML).send(html);
  }

  /** Leads a browser on after a form, so that loading the page again sends nothing twice. */
  lead(reply: FastifyReply, address: string): void {
    void reply.headers(this.headers).redirect(address, 303);
  }
}
