import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const IS_PUBLIC = 'http:public';

/** Opens a route to callers without a token. Everything else is closed by default. */
export const Public = (): CustomDecorator => SetMetadata(IS_PUBLIC, true);
