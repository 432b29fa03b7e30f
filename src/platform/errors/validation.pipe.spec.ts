import { describe, expect, it } from 'vitest';
import { IsInt, IsString, Matches, Max, Min, MinLength } from 'class-validator';
import { Decimal } from '../http/decorators/decimal.decorator.js';
import { IfGiven } from '../http/decorators/text.decorator.js';
import { DomainError } from './domain-error.js';
import { problemOf } from './problem.js';
import { requestValidation } from './validation.pipe.js';

class Order {
  @IsInt()
  @Min(1)
  @Max(200)
  copies!: number;

  @IsString()
  @MinLength(8)
  @Matches(/^[A-Z]/)
  name!: string;

  @IfGiven()
  @Decimal(2)
  @Min(0.01)
  @Max(100)
  percent?: number;
}

async function refused(value: object): Promise<string[]> {
  const answer = await requestValidation()
    .transform(value, { type: 'body', metatype: Order })
    .catch((error: unknown) => error);
  if (!(answer instanceof DomainError)) throw new Error('it was taken');
  return answer.fields!.map(({ field, message }) => `${field}: ${message}`);
}

describe('A bad request', () => {
  it('is told once of a field of the wrong kind, whatever else would not hold of it', async () => {
    expect(await refused({ copies: '0x10', name: 'Pine Lane' })).toEqual([
      'copies: copies must be an integer number',
    ]);
    expect(await refused({})).toEqual([
      'copies: copies must be an integer number',
      'name: name must be a string',
    ]);
  });

  it.each(['30', null, true, 33.333])(
    'is told of the kind alone where %j is to be a decimal',
    async (percent) => {
      expect(await refused({ copies: 1, name: 'Pine Lane', percent })).toEqual([
        'percent: percent must be a number with at most 2 decimal places',
      ]);
    },
  );

  it('is no bad body where it is a query', async () => {
    const answer = await requestValidation()
      .transform({ copies: '0' }, { type: 'query', metatype: Order })
      .catch((error: DomainError) => problemOf(422, error.code, error.message));
    expect(answer).toMatchObject({ title: 'Invalid request' });
  });

  it('is told of everything that a value of the right kind breaks', async () => {
    expect(await refused({ copies: 201, name: 'pine' })).toEqual([
      'copies: copies must not be greater than 200',
      'name: name must match /^[A-Z]/ regular expression',
      'name: name must be longer than or equal to 8 characters',
    ]);
  });
});
