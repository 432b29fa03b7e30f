import { Injectable } from '@nestjs/common';
import { AskedReadsService } from '../api/metering/asked-reads.service.js';

/** What is there already, and what it is made for. */
const READS_TO_RETRY = 3;

/** The bound of what people, or a program of theirs, have tried again of what stands in the inbox about QuickBooks. */
@Injectable()
export class RetryBoundService {
  constructor(private readonly askedReads: AskedReadsService) {}

  /** Throws `too_many_reads` where people of the organisation have asked for too much. */
  take(orgId: number): Promise<void> {
    return this.askedReads.take(orgId, READS_TO_RETRY);
  }
}
