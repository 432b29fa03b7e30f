import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import {
  AuthenticatedUsersService,
  type SessionUser,
} from '../../../../auth/access/authenticated-users.service.js';
import { READERS } from '../../../../auth/access/permissions.js';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { progressView } from './customer-batch.view.js';
import type { CustomerBatchProgressView } from './customer-batches.dto.js';
import { CustomerBatchesService } from './customer-batches.service.js';
import { inOrganisation } from '../../../../platform/database/scope/scope.js';
import { ProgressStream } from './progress-stream.js';

const OF_ONE_PERSON_MAX = 5;
/** An organisation may have any number of people. */
const OF_ONE_ORGANISATION_MAX = 50;
const OPEN_MAX = 200;
/** A stream looks three times a second; whether its person may still watch it asks every three seconds. */
const LOOKS_PER_CHECK = 10;

/** The streams by which people watch their batches. They end with the process, so that it can. */
@Injectable()
export class CustomerBatchStreamsService implements OnModuleDestroy {
  /** Each with the person who watches. */
  private readonly open = new Map<ProgressStream<CustomerBatchProgressView>, SessionUser>();
  private stopping = false;

  constructor(
    private readonly batches: CustomerBatchesService,
    private readonly people: AuthenticatedUsersService,
  ) {}

  /** How many are watched at this moment. */
  get count(): number {
    return this.open.size;
  }

  /**
   * Throws not found for a batch that is not this organisation's, and `too_many_streams` for somebody who watches five
   * already, or whose organisation watches fifty. It ends within seconds of the person's session, role or account.
   */
  async watch(user: SessionUser, id: string): Promise<ProgressStream<CustomerBatchProgressView>> {
    // The stream asks on when the request is handled, and with it the organisation that it ran in.
    const progress = (): Promise<CustomerBatchProgressView> =>
      inOrganisation(user.orgId, async () => progressView(await this.batches.progress(user.orgId, id)));
    await progress();
    const watchers = [...this.open.values()];
    const ofPerson = watchers.filter(({ userId }) => userId === user.userId).length;
    const ofOrganisation = watchers.filter(({ orgId }) => orgId === user.orgId).length;
    const isFull = ofOrganisation >= OF_ONE_ORGANISATION_MAX || watchers.length >= OPEN_MAX;
    if (ofPerson >= OF_ONE_PERSON_MAX || isFull) throw tooManyStreams();
    let looks = 0;
    const stream = new ProgressStream(async () => {
      looks += 1;
      if (looks % LOOKS_PER_CHECK === 0 && !(await this.people.stands(user, READERS))) return null;
      return progress();
    });
    this.open.set(stream, user);
    stream.once('close', () => this.open.delete(stream));
    if (this.stopping) stream.close();
    return stream;
  }

  onModuleDestroy(): void {
    this.stopping = true;
    for (const stream of this.open.keys()) stream.close();
  }
}

function tooManyStreams(): DomainError {
  return new DomainError(
    'too_many_requests',
    'too_many_streams',
    `You watch ${OF_ONE_PERSON_MAX} batches already, or too many people do. Close one, or ask for the batch itself.`,
    undefined,
    { retryAfterSeconds: 5 },
  );
}
