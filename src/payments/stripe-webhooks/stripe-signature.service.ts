import { Injectable } from '@nestjs/common';
import { Stripe } from 'stripe';
import { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { Clock } from '../../platform/time/clock.js';

const TOLERANCE_SECONDS = 300;

/** What a body that is proven holds: JSON, or something that is none. */
export type ReadBody = { ok: true; json: unknown } | { ok: false };

/**
 * Proves that a body comes from Stripe: signed with one of our secrets, at most 300 seconds ago or ahead. A body
 * without a signature is taken in dev mode alone, where there is no secret to sign with.
 */
@Injectable()
export class StripeSignatureService {
  constructor(
    private readonly config: Config,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  /** Reads a body that is proven. Throws a bad request where it is not. */
  read(raw: Buffer, header: string | undefined): ReadBody {
    try {
      return this.proven(raw, header);
    } catch (error) {
      this.metrics.count('crm_stripe_webhook_events_total', { result: 'refused' });
      throw error;
    }
  }

  private proven(raw: Buffer, header: string | undefined): ReadBody {
    const { webhookSecrets } = this.config.stripe;
    if (webhookSecrets.length === 0 && !this.config.production) return { ok: true, json: parse(raw) };
    if (header === undefined) throw refused('It carries no Stripe-Signature.');
    this.assertNotAhead(header);
    for (const secret of webhookSecrets) {
      const read = this.verify(raw, header, secret);
      if (read) return read;
    }
    throw refused('Its signature is not made with a secret of ours, or is older than five minutes.');
  }

  private verify(raw: Buffer, header: string, secret: string): ReadBody | null {
    const receivedAtMs = this.clock.now().getTime();
    try {
      const event = Stripe.webhooks.constructEvent(
        raw,
        header,
        secret,
        TOLERANCE_SECONDS,
        undefined,
        receivedAtMs,
      );
      return { ok: true, json: event };
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) return null;
      return { ok: false };
    }
  }

  /** The SDK refuses what is old, not what is dated ahead. */
  private assertNotAhead(header: string): void {
    const seconds = Number(/(?:^|,)\s*t=(\d{1,12})/.exec(header)?.[1]);
    if (seconds - this.clock.now().getTime() / 1000 <= TOLERANCE_SECONDS) return;
    throw refused('Its signature is not dated, or dated more than five minutes ahead.');
  }
}

function parse(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw refused('It is no JSON.');
  }
}

function refused(why: string): DomainError {
  return new DomainError('bad_request', 'stripe_signature_invalid', `This is not from Stripe. ${why}`);
}
