import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../platform/config/config.js';
import { SlackClient } from './slack.client.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET_KEY: 'a secret of this production, not of development',
  TOKEN_ENCRYPTION_KEYS: `one:${Buffer.alloc(32, 7).toString('base64')}`,
  PORTAL_PUBLIC_URL: 'https://crm.acme.test/portal',
};

describe('The address of Slack', () => {
  afterEach(() => vi.restoreAllMocks());

  const saidAtStart = async (env: NodeJS.ProcessEnv): Promise<string[]> => {
    const said = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    await new SlackClient(readConfig(env)).onApplicationBootstrap();
    return said.mock.calls.map(([line]) => String(line));
  };

  it.each(['https://127.0.0.1/services/SECRET', 'https://[::1]/services/SECRET', 'https://localhost/SECRET'])(
    'is judged at the start of production, and not at the first message: %s',
    async (address) => {
      expect(await saidAtStart({ ...PRODUCTION, SLACK_WEBHOOK_URL: address })).toEqual([
        'SLACK_WEBHOOK_URL: its host is not of the public internet; alerts will not arrive',
      ]);
    },
  );

  it('may be any outside production, and there may be none', async () => {
    expect(await saidAtStart({ SLACK_WEBHOOK_URL: 'http://127.0.0.1/x' })).toEqual([]);
    expect(await saidAtStart(PRODUCTION)).toEqual([]);
  });
});
