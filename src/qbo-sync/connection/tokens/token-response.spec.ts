import { describe, expect, it } from 'vitest';
import { tokenResponse } from './token-response.js';

const PAIR = {
  token_type: 'bearer',
  access_token: 'eyJlbmMi',
  expires_in: 3600,
  refresh_token: 'RT1-39-H3-17',
  x_refresh_token_expires_in: 8_726_400,
  x_refresh_token_hard_expires_in: '157494248',
};

describe('An answer of the token endpoint', () => {
  it('is a pair with how long each token lives', () => {
    expect(tokenResponse(200, JSON.stringify(PAIR))).toEqual({
      kind: 'pair',
      pair: {
        accessToken: 'eyJlbmMi',
        refreshToken: 'RT1-39-H3-17',
        accessSeconds: 3600,
        refreshSeconds: 8_726_400,
        refreshHardSeconds: 157_494_248,
      },
    });
  });

  it.each([
    [
      400,
      '{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}',
      'invalid_grant',
    ],
    [400, '{"error":"invalid_grant"}', 'invalid_grant'],
    [401, '{"error":"invalid_client"}', 'refused'],
    [400, '{"error":"unsupported_grant_type"}', 'refused'],
    [400, '{"error":"something new"}', 'unavailable'],
    [400, '<html></html>', 'unavailable'],
    [200, '<html>maintenance</html>', 'unavailable'],
    [200, '{"access_token":"eyJ"}', 'unavailable'],
    [200, JSON.stringify({ ...PAIR, access_token: 'with\r\nline' }), 'unavailable'],
    [302, '', 'unavailable'],
    [429, '{"error":"too_many_requests"}', 'unavailable'],
    [500, '{"error":"invalid_grant"}', 'unavailable'],
    [503, '', 'unavailable'],
  ])('%i %s means %s', (status, text, kind) => {
    expect(tokenResponse(status, text).kind).toBe(kind);
  });
});
