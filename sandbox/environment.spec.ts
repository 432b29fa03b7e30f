import { expect, it } from 'vitest';
import { optionsFrom, withArguments } from './environment.ts';

it('starts with the well-known app on port 8090 when nothing is said', () => {
  expect(optionsFrom({})).toEqual({
    options: {
      port: 8090,
      host: '127.0.0.1',
      clientId: 'sandbox-client',
      clientSecret: 'sandbox-secret',
      redirectUris: [],
    },
    files: {},
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

it.each(['0x10', '1e3', '+8090', '80.0', '65536', '-1'])('listens on no port %s', (port) => {
  expect(optionsFrom({ SANDBOX_PORT: port }).problems).toEqual([expect.stringContaining('SANDBOX_PORT')]);
});

it('takes limits, switches and files, and the command line before the variables', () => {
  const environment = withArguments(
    { SANDBOX_PORT: '1', SANDBOX_LIMITS: 'false', SANDBOX_SWITCHES: '{"salesTaxPercent": 8}' },
    ['--port', '0', '--state', 'state.json'],
  );
  expect(optionsFrom(environment)).toMatchObject({
    options: { port: 0, limits: false, switches: { salesTaxPercent: 8 } },
    files: { state: 'state.json' },
    problems: [],
  });
});

it.each([
  [{ SANDBOX_SWITCHES: '{"salesTax": 8}' }, 'there is no switch salesTax'],
  [{ SANDBOX_SWITCHES: '{"salesTaxPercent": "8"}' }, 'salesTaxPercent must be a number'],
  [{ SANDBOX_LIMITS: 'yes' }, 'true or false'],
  [{ SANDBOX_TLS_KEY: 'key.pem' }, 'given together'],
  [{ SANDBOX_TLS: 'yes' }, 'true or false'],
  [{ SANDBOX_CDC_OBJECTS_MAX: 'many' }, 'cdcObjectsMax must be a number'],
])('%j is a problem', (environment, words) => {
  expect(optionsFrom(environment).problems).toEqual([expect.stringContaining(words)]);
});

it('takes each switch from a variable of its own', () => {
  const { options, problems } = optionsFrom({
    SANDBOX_REQUESTS_PER_MINUTE: '60',
    SANDBOX_VOID_PAID_INVOICE: 'refuse',
    SANDBOX_SALES_TAX_BY_STATE: '{"CA": 8.5}',
    SANDBOX_TLS: 'true',
  });
  expect(problems).toEqual([]);
  expect(options).toMatchObject({
    tls: 'self-signed',
    switches: { requestsPerMinute: 60, voidPaidInvoice: 'refuse', salesTaxByState: { CA: 8.5 } },
  });
});

it('an option there is not is refused', () => {
  expect(() => withArguments({}, ['--colour', 'red'])).toThrow('--colour');
});
