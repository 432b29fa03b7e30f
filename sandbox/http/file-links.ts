import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { objectNotFound } from '../books/fault.ts';
import type { Company } from '../books/company.ts';
import { type Body, textOf } from '../books/json.ts';
import type { World } from '../world.ts';
import type { ApiRequest } from './api-request.ts';

/** How long a link to a file is good, by the sandbox's clock. */
const LINK_MS = 15 * 60_000;

function signatureOf(realm: string, id: string, expires: number): string {
  return createHash('sha256').update(`${realm}|${id}|${expires}`).digest('hex').slice(0, 32);
}

/** A link to an uploaded file that needs no token, for a quarter of an hour. 610 where there is no such file. */
export function fileLink(company: Company, request: ApiRequest, id: string): string {
  if (!company.files.has(id)) throw objectNotFound();
  const { realmId, world } = company;
  const expires = world.clock.now().getTime() + LINK_MS;
  const query = `expires=${expires}&signature=${signatureOf(realmId, id, expires)}`;
  return `${request.origin}/files/${realmId}/${id}?${query}`;
}

/** Where the file of an Attachable can be had; nothing for one that is a note. */
export function withFileLinks(company: Company, request: ApiRequest, attachable: Body): Body {
  const id = textOf(attachable, 'Id') ?? '';
  if (!company.files.has(id)) return attachable;
  const FileAccessUri = `/v3/company/${company.realmId}/download/${id}`;
  return { ...attachable, FileAccessUri, TempDownloadUri: fileLink(company, request, id) };
}

/** `GET /files/{realm}/{id}`: the bytes behind a link, while it is good; 403 after that or for another's. */
export function registerFileLinks(app: FastifyInstance, world: World): void {
  app.get('/files/:realm/:id', async (request, reply) => {
    const { realm, id } = request.params as { realm: string; id: string };
    const { expires, signature } = request.query as { expires?: string; signature?: string };
    const company = world.companies.get(realm);
    const file = company?.files.get(id);
    const isGood = Number(expires) >= world.clock.now().getTime();
    if (!company || !file || !isGood || signature !== signatureOf(realm, id, Number(expires)))
      return reply.code(403).type('text/plain').send('Request has expired');
    const type = textOf(company.store.find('Attachable', id), 'ContentType') ?? 'application/octet-stream';
    return reply.type(type).send(file);
  });
}
