import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { isSignedByIntuit } from './intuit-signature.js';

/**
 * Proves that a body comes from Intuit: signed with one of our verifier tokens. Without any token nothing can be
 * proven: production then takes no body at all, development takes each and says so.
 */
@Injectable()
export class IntuitSignatureService {
  private readonly logger = new Logger(IntuitSignatureService.name);
  private saidUnsigned = false;

  constructor(
    private readonly config: Config,
    private readonly metrics: MetricsService,
  ) {}

  /** Throws where the body is not proven. */
  assertProven(raw: Buffer, header: string | undefined): void {
    const { webhookVerifierTokens } = this.config.qbo;
    if (webhookVerifierTokens.length === 0) return this.takeUnsigned();
    if (header !== undefined && isSignedByIntuit(raw, header, webhookVerifierTokens)) return;
    this.metrics.count('crm_qbo_webhook_events_total', { result: 'forged' });
    throw new DomainError(
      'unauthenticated',
      'intuit_signature_invalid',
      'This is not from Intuit: its intuit-signature is missing or not made with a verifier token of ours.',
    );
  }

  private takeUnsigned(): void {
    if (this.config.production) {
      throw new DomainError(
        'unavailable',
        'qbo_webhooks_not_configured',
        'Webhooks of QuickBooks are not set up: QBO_WEBHOOK_VERIFIER_TOKEN is empty.',
      );
    }
    if (this.saidUnsigned) return;
    this.saidUnsigned = true;
    this.logger.warn(
      'QBO_WEBHOOK_VERIFIER_TOKEN is empty: webhooks of QuickBooks are taken unsigned, in development alone',
    );
  }
}
