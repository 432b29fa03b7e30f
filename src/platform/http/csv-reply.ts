import type { FastifyReply } from 'fastify';

/** Has the answer be a CSV file of this name. */
export function asCsv(reply: FastifyReply, name: string): void {
  void reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`);
}
