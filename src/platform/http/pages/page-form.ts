import type { FastifyReply } from 'fastify';
import { HTML } from './html.js';

/** Else browsers send `Origin: null` with the forms, which by plain http is all that tells whose page they are of. */
export const REFERRER = ['referrer-policy', 'same-origin'] as const;

/** What a browser sends: every field may be anything. */
export type FormFields = Record<string, unknown> | undefined;

/** The fields that forms of ours have, each with what it may hold. */
const EXAMPLES = {
  action: 'create',
  code: 'books_closed',
  csrf_token: 'mJ3yq8F2vT0aQx5nB1kd7w.4o2sKf9LrE6hZcUpVbXgTg',
  current_password: 'ladder-shingle-41',
  email: 'sam@acme.test',
  full_name: 'Sam Ruiz',
  new_password: 'ladder-shingle-42',
  org_id: '1',
  password: 'ladder-shingle-41',
  qbo_id: '145',
  repeated: 'ladder-shingle-42',
  return_to: '/inbox/page',
  session_id: '7b0ea7f5-3a34-4c3c-9d3a-0c2f6f1d3b52',
  token: 'kX0xkJ6Yw7oQ1g4cJt2bqv0m8m3Jm1mQ9bqk3E1fV5s',
  totp: '492039',
};
type FormField = keyof typeof EXAMPLES;

/** How a form of ours is described in /openapi.json. Pure. */
export function formSchema(fields: readonly FormField[], optional: readonly FormField[] = []) {
  const properties = Object.fromEntries(
    [...fields, ...optional].map((field) => [field, { type: 'string', example: EXAMPLES[field] }]),
  );
  return { type: 'object', required: [...fields], properties };
}

/** A field as text; PostgreSQL takes no NUL. Pure. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\0', '').slice(0, 512) : '';
}

/** Answers a page. */
export function sendPage(reply: FastifyReply, html: string, status = 200): void {
  void reply.status(status).type(HTML).send(html);
}
