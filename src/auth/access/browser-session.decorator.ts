import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const BROWSER_SESSION = 'auth:browser-session';
export const SIGN_IN_PATH = '/auth/sign-in';

/**
 * Lets a route be called with the cookie of a signed-in browser too; everywhere else only a bearer token counts. A
 * browser that opens the route without being signed in is sent to the sign-in page and comes back afterwards. Stands
 * beside `@Allow(roles)`.
 */
export const BrowserSession = (): CustomDecorator => SetMetadata(BROWSER_SESSION, true);
