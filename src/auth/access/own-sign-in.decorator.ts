import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const OWN_SIGN_IN = 'auth:own-sign-in';

/**
 * Opens routes also to people who lack the second factor that their organisation asks for: by these they set one up,
 * move to another organisation, or leave. Stands beside `@Allow(roles)`.
 */
export const OwnSignIn = (): CustomDecorator => SetMetadata(OWN_SIGN_IN, true);
