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

/** Silences and 5xx in a row after which a company is taken for out of reach. */
export const OUTAGES_MAX = 5;
/** How long it is then left alone before one call tries again. */
export const OPEN_MS = 10_000;

interface Circuit {
  breaker: CircuitBreakerPolicy;
  /** By the process's clock, in milliseconds; 0 while closed. */
  openUntil: number;
}

/**
 * Spares a QuickBooks that does not answer, and those who would wait for it: after a few silences or 5xx in a row the
 * calls of that company fail at once, until one probe gets through. An answer is an answer: 4xx and 429 open nothing.
 * Each process learns by itself, and no company by another's bad luck.
 */
@Injectable()
export class CircuitBreakerService {
  private readonly logger = new Logger('QuickBooks');
  private readonly circuits = new Map<string, Circuit>();

  /** Throws QboError `transient` while the company is left alone or its one probe is under way. */
  assertClosed(realmId: string, operation: QboEndpoint): void {
    const circuit = this.circuits.get(realmId);
    if (!circuit) return;
    const probing = circuit.breaker.state === CircuitState.HalfOpen;
    if (probing || Date.now() < circuit.openUntil) throw outOfReach(operation, circuit);
  }

  /** Sends, unless the circuit opened meanwhile, and learns from what came back. */
  async through(
    realmId: string,
    operation: QboEndpoint,
    send: () => Promise<RawResponse | NoResponse>,
  ): Promise<RawResponse | NoResponse> {
    this.assertClosed(realmId, operation);
    const circuit = this.circuitOf(realmId);
    try {
      return await circuit.breaker.execute(send);
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw outOfReach(operation, circuit);
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
        'QuickBooks does not answer for this company; it is left alone',
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
  const { status } = answer as Partial<RawResponse>;
  return status === undefined || status >= 500;
}

function outOfReach(operation: QboEndpoint, { openUntil }: Circuit): QboError {
  const retryAfterSeconds = Math.max(1, Math.ceil((openUntil - Date.now()) / 1_000));
  return new QboError('transient', 'QuickBooks does not answer at the moment; nothing was sent.', {
    operation,
    retryAfterSeconds,
  });
}
