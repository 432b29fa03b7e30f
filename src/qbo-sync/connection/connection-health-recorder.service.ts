import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/time/clock.js';
import type { CallRecorder } from '../api/pipeline/call-recorder.js';
import type { QboCompany } from '../api/model/qbo-company.js';
import type { QboError } from '../api/errors/qbo-error.js';
import { QboConnectionsRepository } from './qbo-connections.repository.js';

const REPEAT_AFTER_MS = 60_000;

/**
 * Stores `last_call_at` and `last_error` of a connection. At most one write a minute and company while the error stays
 * the same; a write that fails never fails the call it is about.
 */
@Injectable()
export class ConnectionHealthRecorderService implements CallRecorder {
  private readonly logger = new Logger(ConnectionHealthRecorderService.name);
  private readonly written = new Map<number, { realmId: string; at: number; error: string | null }>();

  constructor(
    private readonly connections: QboConnectionsRepository,
    private readonly clock: Clock,
  ) {}

  async succeeded(company: QboCompany): Promise<void> {
    await this.note(company, null);
  }

  /** Only what stands in the way of every call is kept: a refusal of one record says nothing about the connection. */
  async failed(company: QboCompany, error: QboError): Promise<void> {
    const general = ['forbidden', 'throttled', 'transient', 'uncertain', 'subscription', 'malformed'];
    if (general.includes(error.kind)) await this.note(company, error.message);
  }

  private async note(company: QboCompany, error: string | null): Promise<void> {
    const now = this.clock.now();
    const written = this.written.get(company.orgId);
    const known = written?.realmId === company.realmId && written.error === error;
    if (known && now.getTime() - written.at < REPEAT_AFTER_MS) return;
    try {
      await this.connections.noteCall(company, now, error);
      this.written.set(company.orgId, { realmId: company.realmId, at: now.getTime(), error });
    } catch (failure) {
      this.logger.warn({ err: failure, org_id: company.orgId }, 'The last call could not be noted');
    }
  }
}
