import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FaultPlan, PlannedFault } from '../http/fault-plan.ts';

/** Faults Stripe's API can be made to have. `after`: the work is done and its response lost. */
export const STRIPE_FAULT_KINDS = ['500', '429', 'timeout', 'reset', 'slow'] as const;

const SLOW_MS = 1000;
const TIMEOUT_MS = 60_000;

/** What a call is named in fault plans: `refunds.create`, `checkout.sessions.expire`, `disputes.list`. Pure. */
export function stripeOperationOf(method: string, route: string): string {
  const parts = route.split('/').filter((part) => part !== '' && part !== 'v1');
  const at = parts.indexOf(':id');
  if (at < 0) return `${parts.join('.')}.${method === 'POST' ? 'create' : 'list'}`;
  const resource = parts.slice(0, at).join('.');
  const action = parts.slice(at + 1).join('.');
  return `${resource}.${action || (method === 'POST' ? 'update' : 'retrieve')}`;
}

function errorBody({ kind }: PlannedFault): object {
  const error =
    kind === '429'
      ? {
          code: 'rate_limit',
          message: 'Too many requests hit the API too quickly.',
          type: 'invalid_request_error',
        }
      : { message: 'An unexpected error occurred.', type: 'api_error' };
  return { error };
}

/** Waits or breaks the connection as planned; true when a response in its place is still to be sent. */
async function disturb(fault: PlannedFault, reply: FastifyReply): Promise<boolean> {
  if (fault.kind === 'slow') await delay(fault.delay_ms ?? SLOW_MS, undefined, { ref: false });
  if (fault.kind === 'timeout') await delay(fault.delay_ms ?? TIMEOUT_MS, undefined, { ref: false });
  if (fault.kind === 'timeout' || fault.kind === 'reset') reply.raw.destroy();
  return fault.kind === '500' || fault.kind === '429';
}

/** Makes the routes of a scope fail as planned. `failed` hears of what failed on Stripe's side after it was done. */
export function useStripeFaults(
  app: FastifyInstance,
  faults: FaultPlan,
  failed: (request: FastifyRequest, reply: FastifyReply, outcome: { status: number; body: object }) => void,
): void {
  const late = new WeakMap<FastifyRequest, PlannedFault>();

  app.addHook('preHandler', async (request, reply) => {
    const fault = faults.take(stripeOperationOf(request.method, request.routeOptions.url ?? ''), '');
    if (!fault) return;
    if (fault.when === 'after') {
      late.set(request, fault);
      return;
    }
    const isAnswered = await disturb(fault, reply);
    if (isAnswered) await reply.code(Number(fault.kind)).send(errorBody(fault));
    else if (fault.kind !== 'slow') reply.hijack();
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const fault = late.get(request);
    if (!fault) return payload;
    late.delete(request);
    // What was refused was not done: it is answered so, and no failure after it stands in its place for a day.
    if (fault.kind === '500' && reply.statusCode >= 400) return payload;
    if (!(await disturb(fault, reply))) return payload;
    const body = errorBody(fault);
    if (fault.kind === '500') failed(request, reply, { status: 500, body });
    void reply.code(Number(fault.kind)).removeHeader('content-length');
    return JSON.stringify(body);
  });
}
