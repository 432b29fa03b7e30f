import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';

/** More than any password or token has: what is longer is not hashed to find out that it is none. */
export const SECRET_LENGTH_MAX = 512;

/** A password or token as somebody sends it: whether it is the right one is found out later. */
export const SecretText = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ minLength: 1, maxLength: SECRET_LENGTH_MAX }),
    IsString(),
    MinLength(1),
    MaxLength(SECRET_LENGTH_MAX),
  );
