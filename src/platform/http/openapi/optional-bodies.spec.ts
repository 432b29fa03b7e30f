import type { OpenAPIObject } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { optionalBodies } from './optional-bodies.js';

type Body = { required: boolean; content: Record<string, object> };

describe('A body', () => {
  const isAskedFor = (body: Body, schemas: Record<string, object> = {}): boolean => {
    const document = { paths: { '/deeds': { post: { requestBody: body } } }, components: { schemas } };
    const { paths } = optionalBodies(document as unknown as OpenAPIObject);
    return (paths['/deeds']!.post!.requestBody as Body).required;
  };
  const json = (schema: object): Body => ({ required: true, content: { 'application/json': { schema } } });

  it('may be left out where none of its fields has to be there', () => {
    const schemas = { Deed: { type: 'object', properties: { again: { type: 'boolean' } } } };
    expect(isAskedFor(json({ $ref: '#/components/schemas/Deed' }), schemas)).toBe(false);
    expect(isAskedFor(json(schemas.Deed))).toBe(false);
  });

  it('is asked for where a field is, where it is signed, and where it is a form', () => {
    const needed = { type: 'object', properties: { email: { type: 'string' } }, required: ['email'] };
    expect(isAskedFor(json(needed))).toBe(true);
    expect(isAskedFor(json({ type: 'object' }))).toBe(true);
    const form = {
      'application/x-www-form-urlencoded': { schema: { type: 'object', properties: { a: {} } } },
    };
    expect(isAskedFor({ required: true, content: form })).toBe(true);
  });
});
