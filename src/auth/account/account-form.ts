import type { DomainError } from '../../platform/errors/domain-error.js';

export const HTML = 'text/html; charset=utf-8';
export const STALE = 'This page was open for too long. Please try once more.';

/** What a browser sends: every field may be anything. */
export type FormFields = Record<string, unknown> | undefined;

/** How a form of ours is described in /openapi.json. Pure. */
export function formSchema(fields: readonly string[]) {
  const properties = Object.fromEntries(fields.map((field) => [field, { type: 'string' }]));
  return { type: 'object', required: [...fields], properties };
}

/** A field as text; PostgreSQL takes no NUL. Pure. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\0', '').slice(0, 512) : '';
}

const STATUS: Partial<Record<DomainError['kind'], number>> = {
  bad_request: 400,
  conflict: 409,
  invalid: 422,
  too_many_requests: 429,
};

/** What a refusal is on a page: its status, and why in a sentence. Pure. */
export function refusalOf({ kind, fields, message }: DomainError): { status: number; refusal: string } {
  const [problem] = fields ?? [];
  const text = problem ? `${problem.message.replaceAll('_', ' ')}.` : message;
  return { status: STATUS[kind] ?? 400, refusal: text.charAt(0).toUpperCase() + text.slice(1) };
}
