import type { Client } from './client.ts';

/** Every scope an Intuit app may ask for. */
export const knownScopes: readonly string[] = [
  'com.intuit.quickbooks.accounting',
  'com.intuit.quickbooks.payment',
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'payroll.compensation.read',
  'project-management.project',
  'app-foundations.custom-dimensions.read',
  'app-foundations.custom-field-definitions',
  'time-tracking.time-entry',
  'indirect-tax.tax-calculation.quickbooks',
];

/** A well-formed request for access, waiting for the user's word. */
export interface AuthorizationRequest {
  client: Client;
  redirectUri: string;
  scopes: readonly string[];
  state: string;
}

/** What to do with a browser that arrives at the authorize URL. */
export type AuthorizationVerdict =
  | { kind: 'ask'; request: AuthorizationRequest }
  /** The app is at fault: the error goes to its redirect URI. */
  | { kind: 'redirect'; location: string }
  /** The redirect URI cannot be trusted: the error is shown to the user. */
  | { kind: 'explain'; error: string; description: string };

/** The redirect URI, byte for byte as given, with these parameters added. */
export function redirectTo(redirectUri: string, parameters: Record<string, string>): string {
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${new URLSearchParams(parameters).toString()}`;
}

/**
 * Judges the query of the authorize URL: ask the user, send an error back to the app, or explain the error
 * here. Pure.
 */
export function validateAuthorization(
  query: Readonly<Record<string, unknown>>,
  clients: ReadonlyMap<string, Client>,
): AuthorizationVerdict {
  const value = (name: string): string => (typeof query[name] === 'string' ? query[name] : '');
  const client = clients.get(value('client_id'));
  if (!client)
    return {
      kind: 'explain',
      error: 'invalid_client',
      description: 'The client_id query parameter value is missing or not that of a registered app.',
    };
  const redirectUri = value('redirect_uri');
  const isRegistered = client.redirectUris.length === 0 || client.redirectUris.includes(redirectUri);
  if (!/^https?:\/\/[^#]+$/.test(redirectUri) || !isRegistered)
    return {
      kind: 'explain',
      error: 'invalid_request',
      description:
        'The redirect_uri query parameter value is invalid. Make sure it is listed in the Redirect URIs ' +
        'section on your app’s keys tab and matches it exactly.',
    };
  const state = value('state');
  const refuse = (error: string, description: string): AuthorizationVerdict => ({
    kind: 'redirect',
    location: redirectTo(redirectUri, {
      error,
      error_description: description,
      ...(state && { state }),
    }),
  });
  const responseType = value('response_type');
  if (responseType !== 'code')
    return responseType === ''
      ? refuse('invalid_request', 'The response_type query parameter is missing.')
      : refuse('unsupported_response_type', 'The response_type query parameter must be code.');
  const scopes = value('scope').split(/\s+/).filter(Boolean);
  if (scopes.length === 0) return refuse('invalid_scope', 'The scope query parameter is missing.');
  const unknown = scopes.find((scope) => !knownScopes.includes(scope));
  if (unknown !== undefined) return refuse('invalid_scope', `The scope ${unknown} is not known.`);
  if (state === '') return refuse('invalid_request', 'The state query parameter is missing.');
  return { kind: 'ask', request: { client, redirectUri, scopes, state } };
}
