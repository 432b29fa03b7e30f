import { Injectable, Logger } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
} from 'cockatiel';
import type { RawResponse, NoResponse } from '../http/raw-response.js';
import type { QboEndpoint } from '../model/endpoints.js';
import { QboError } from '../errors/qbo-error.js';

/** Calls in a row without an answer or with a 5xx after which the circuit of a company opens. */
export const OUTAGES_MAX = 5;
/** How long it then stays open before one call probes. */
export const OPEN_MS = 10_000;

interface Circuit {
  breaker: CircuitBreakerPolicy;
  /** By the process's clock, in milliseconds; 0 while closed. */
  openUntil: number;
}

/**
 * A circuit per company: after OUTAGES_MAX calls in a row without an answer or with a 5xx its calls fail at once, until
 * one probe gets through. 4xx, 429 and what is too long to be taken in are answers and open nothing. Each process has
 * its own circuits.
 */
@Injectable()
export class CircuitBreakerService {
  private readonly logger = new Logger('QuickBooks');
  private readonly circuits = new Map<string, Circuit>();

  /** Throws QboError `transient` while the circuit is open or its one probe is in flight. */
  assertClosed(realmId: string, operation: QboEndpoint): void {
    const circuit = this.circuits.get(realmId);
    if (!circuit) return;
    if (circuit.openUntil - Date.now() > OPEN_MS) {
      this.circuits.delete(realmId); // the clock was put back, and it would stay open until that is caught up
      return;
    }
    const probing = circuit.breaker.state === CircuitState.HalfOpen;
    if (probing || Date.now() < circuit.openUntil) throw circuitOpen(operation, circuit);
  }

  /** Sends, unless the circuit opened meanwhile, and counts what came back. */
  async execute(
    realmId: string,
    operation: QboEndpoint,
    send: () => Promise<RawResponse | NoResponse>,
  ): Promise<RawResponse | NoResponse> {
    this.assertClosed(realmId, operation);
    const circuit = this.circuitOf(realmId);
    try {
      return await circuit.breaker.execute(send);
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw circuitOpen(operation, circuit);
      throw error;
    }
  }

  private circuitOf(realmId: string): Circuit {
    const known = this.circuits.get(realmId);
    if (known) return known;
    const breaker = circuitBreaker(handleWhenResult(isOutage), {
      halfOpenAfter: OPEN_MS,
      breaker: new ConsecutiveBreaker(OUTAGES_MAX),
    });
    const circuit: Circuit = { breaker, openUntil: 0 };
    breaker.onBreak(() => {
      circuit.openUntil = Date.now() + OPEN_MS;
      this.logger.warn(
        { realm_id: realmId },
        'QuickBooks does not answer for this company; its circuit is open',
      );
    });
    breaker.onReset(() => {
      circuit.openUntil = 0;
      this.logger.log({ realm_id: realmId }, 'QuickBooks answers again for this company');
    });
    this.circuits.set(realmId, circuit);
    return circuit;
  }
}

function isOutage(answer: unknown): boolean {
  const { status, reason } = answer as Partial<RawResponse & NoResponse>;
  return reason === 'too_long' ? false : status === undefined || status >= 500;
}

function circuitOpen(operation: QboEndpoint, { openUntil }: Circuit): QboError {
  const retryAfterSeconds = Math.max(1, Math.ceil((openUntil - Date.now()) / 1_000));
  return new QboError('transient', 'QuickBooks does not answer at the moment; nothing was sent.', {
    operation,
    retryAfterSeconds,
    unsent: true,
  });
}
