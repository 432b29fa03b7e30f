import { describe, expect, it } from 'vitest';
import { formFields, namesOtherCharset, utf8Text } from './body-text.js';

describe('A body', () => {
  it('is read as UTF-8, with or without a byte order mark', () => {
    expect(utf8Text(Buffer.from('José'))).toBe('José');
    expect(utf8Text(Buffer.from('\uFEFF{}'))).toBe('{}');
  });

  it('is not read where it is something else', () => {
    expect(utf8Text(Buffer.from('José', 'latin1'))).toBeNull();
  });

  it.each([
    ['application/json; charset=iso-8859-1', true],
    ['application/json;charset="windows-1252"', true],
    ['application/json; charset=UTF-8', false],
    ['application/json; charset="utf8"', false],
    ['application/json', false],
    [undefined, false],
  ])('said to be %s names another charset: %s', (contentType, other) => {
    expect(namesOtherCharset(contentType)).toBe(other);
  });
});

describe('A form', () => {
  it('has its fields unescaped', () => {
    expect({ ...formFields('name=Jos%C3%A9+Mu%C3%B1oz&version=&x') }).toEqual({
      name: 'José Muñoz',
      version: '',
      x: '',
    });
  });

  it.each(['name=Jos%E9', 'name=100%', '%E9=1'])('%s is refused', (body) => {
    expect(formFields(body)).toBeNull();
  });

  it('cannot reach the prototype of an object', () => {
    const fields = formFields('__proto__=1&constructor=2');
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
