import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Remedies, type Remedy } from '../../inbox/remedies.service.js';
import { ConnectionService } from '../connection/connection.service.js';
import { RefundRecording } from '../deposits/refund-recording.service.js';
import { OperationTriesRepository } from '../operations/operation-tries.repository.js';

/** What a person can do about a refund that is not in the books: have it tried again. */
@Injectable()
export class RefundRemedy implements Remedy, OnModuleInit {
  constructor(
    private readonly remedies: Remedies,
    private readonly connections: ConnectionService,
    private readonly recording: RefundRecording,
    private readonly tries: OperationTriesRepository,
  ) {}

  onModuleInit(): void {
    this.remedies.register('refund.create', this);
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.recording.carry(orgId, Number(id), { insist: true });
    const steps = await this.tries.listOf('refund.create', orgId, Number(id));
    const left = steps.find(({ state }) => state !== 'done');
    return left ? (left.errorDetail ?? 'It waits for the payment it gives back.') : null;
  }
}
