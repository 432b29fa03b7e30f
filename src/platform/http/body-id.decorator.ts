import { applyDecorators } from '@nestjs/common';
import { IsInt, Max, Min } from 'class-validator';

/** An id in a body: whole and positive, such as a row can have. */
export const BodyId = (): PropertyDecorator => applyDecorators(IsInt(), Min(1), Max(2_147_483_647));
