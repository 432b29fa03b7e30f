import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { limitedText } from '../../platform/http/limited-text.js';
import { noResponseFrom } from '../api/http/raw-response.js';
import { tokenResponse, type TokenResponse } from './tokens/token-response.js';

const TOKEN_TIMEOUT_MS = 20_000;
const REVOKE_TIMEOUT_MS = 5_000;
/** A pair of tokens is some 2 kB. */
const ANSWER_MAX_BYTES = 64 * 1024;

/** No verdict because no answer came; `lost` says that Intuit may have acted all the same. */
export type TokenReply = TokenResponse | { kind: 'silent'; lost: boolean; why: string };

/**
 * Intuit's OAuth, by hand: three POSTs. Each goes out exactly once, ends within 20 seconds and follows no redirect; an
 * answer above 64 kB counts as none. Whether to ask again is the caller's decision, because a code or a token may be
 * spent by the asking.
 */
@Injectable()
export class IntuitOauthClient {
  constructor(private readonly config: Config) {}

  /** Where a person says yes or no. */
  authorizeUrl(state: string): string {
    const url = new URL(this.config.qbo.authorizeUrl);
    url.search = new URLSearchParams({
      client_id: this.config.qbo.clientId,
      scope: 'com.intuit.quickbooks.accounting',
      redirect_uri: this.config.qbo.redirectUri,
      response_type: 'code',
      state,
    }).toString();
    return url.toString();
  }

  /** Exchanges the code of a consent. A code works once. */
  exchange(code: string): Promise<TokenReply> {
    const redirect_uri = this.config.qbo.redirectUri;
    return this.token({ grant_type: 'authorization_code', code, redirect_uri });
  }

  /** A new pair for a refresh token, which may be dead afterwards. */
  refresh(refreshToken: string): Promise<TokenReply> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /** Ends the connection at Intuit. False when Intuit did not confirm it. */
  async revoke(token: string): Promise<boolean> {
    try {
      const answer = await this.post(
        this.config.qbo.revokeUrl,
        'application/json',
        JSON.stringify({ token }),
        REVOKE_TIMEOUT_MS,
      );
      return answer.status === 200;
    } catch {
      return false;
    }
  }

  private async token(form: Record<string, string>): Promise<TokenReply> {
    const type = 'application/x-www-form-urlencoded';
    const body = new URLSearchParams(form).toString();
    try {
      const { status, text } = await this.post(this.config.qbo.tokenUrl, type, body, TOKEN_TIMEOUT_MS);
      return tokenResponse(status, text);
    } catch (error) {
      const { reason, message } = noResponseFrom(error);
      return { kind: 'silent', lost: reason === 'lost', why: message };
    }
  }

  private async post(
    url: string,
    contentType: string,
    body: string,
    timeoutMs: number,
  ): Promise<{ status: number; text: string }> {
    const { clientId, clientSecret } = this.config.qbo;
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        accept: 'application/json',
        'content-type': contentType,
        'x-include-refresh-token-hard-expires-in': 'true',
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, text: await limitedText(answer.body, ANSWER_MAX_BYTES) };
  }
}
