import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { ROW_ID_MAX } from '../../database/statements/row-id.js';

/** An id in a body: whole and positive, such as a row can have. */
export const BodyId = (): PropertyDecorator =>
  applyDecorators(ApiProperty({ minimum: 1, maximum: ROW_ID_MAX }), IsInt(), Min(1), Max(ROW_ID_MAX));
