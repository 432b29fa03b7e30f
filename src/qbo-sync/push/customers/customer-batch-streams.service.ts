import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { progressView } from './customer-batch.view.js';
import type { CustomerBatchProgressView } from './customer-batches.dto.js';
import { CustomerBatchesService } from './customer-batches.service.js';
import { inOrganisation } from '../../../platform/database/scope.js';
import { ProgressStream } from './progress-stream.js';

/** The streams by which people watch their batches. They end with the process, so that it can. */
@Injectable()
export class CustomerBatchStreamsService implements OnModuleDestroy {
  private readonly open = new Set<ProgressStream<CustomerBatchProgressView>>();
  private stopping = false;

  constructor(private readonly batches: CustomerBatchesService) {}

  /** How many are watched at this moment. */
  get count(): number {
    return this.open.size;
  }

  /** Throws not found for a batch that is not this organisation's. */
  async watch(orgId: number, id: string): Promise<ProgressStream<CustomerBatchProgressView>> {
    // The stream asks on when the request is handled, and with it the organisation that it ran in.
    const now = (): Promise<CustomerBatchProgressView> =>
      inOrganisation(orgId, async () => progressView(await this.batches.progress(orgId, id)));
    await now();
    const stream = new ProgressStream(now);
    this.open.add(stream);
    stream.once('close', () => this.open.delete(stream));
    if (this.stopping) stream.close();
    return stream;
  }

  onModuleDestroy(): void {
    this.stopping = true;
    for (const stream of this.open) stream.close();
  }
}
