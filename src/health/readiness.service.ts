import { Injectable } from '@nestjs/common';

/** Whether this process wants requests. */
@Injectable()
export class ReadinessService {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  /** From now on `/health/ready` answers 503, and each answer closes its connection. Requests are still served. */
  drain(): void {
    this.draining = true;
  }
}
