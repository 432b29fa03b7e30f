import { expect, it } from 'vitest';
import { optionsFrom } from './environment.ts';

it('starts with the well-known app on port 8090 when nothing is said', () => {
  expect(optionsFrom({})).toEqual({
    options: {
      port: 8090,
      host: '127.0.0.1',
      clientId: 'sandbox-client',
      clientSecret: 'sandbox-secret',
      redirectUris: [],
    },
    problems: [],
  });
});

it('takes what the environment says', () => {
  const { options, problems } = optionsFrom({
    SANDBOX_PORT: '0',
    SANDBOX_REDIRECT_URIS: 'http://localhost:8089/a, https://crm.example/b',
    SANDBOX_WEBHOOK_URL: 'http://localhost:8089/qbo/webhooks',
    SANDBOX_WEBHOOK_VERIFIER_TOKEN: 'verifier',
    SANDBOX_WEBHOOK_FORMAT: 'legacy',
  });
  expect(problems).toEqual([]);
  expect(options).toMatchObject({
    port: 0,
    redirectUris: ['http://localhost:8089/a', 'https://crm.example/b'],
    webhooks: { url: 'http://localhost:8089/qbo/webhooks', verifierToken: 'verifier', format: 'legacy' },
  });
});

it('names everything that is wrong at once', () => {
  const { problems } = optionsFrom({
    SANDBOX_PORT: '80a',
    SANDBOX_REDIRECT_URIS: 'localhost',
    SANDBOX_WEBHOOK_URL: 'ftp://x',
    SANDBOX_WEBHOOK_FORMAT: 'xml',
  });
  expect(problems).toHaveLength(4);
});
