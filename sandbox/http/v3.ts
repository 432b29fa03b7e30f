import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { unsupportedOperation } from '../books/fault.ts';
import type { World } from '../world.ts';
import { refusal } from './answer.ts';
import { type ApiRequest, apiRequestOf, peekBody } from './api-request.ts';
import { type Call, callOf } from './call.ts';
import type { PlannedFault } from './fault-plan.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import type { JournalEntry } from './journal.ts';
import { Line } from './line.ts';
import { mishapOf } from './mishap.ts';
import { type Served, serve } from './serve.ts';

const SLOW_MS = 1000;

/** Intuit's name for one exchange, on every answer: `1-628f0be4-19ed5ea6…`. */
function newTid(now: Date): string {
  return `1-${Math.floor(now.getTime() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
}

interface Exchange {
  world: World;
  line: Line;
  reply: FastifyReply;
  entry: JournalEntry;
  startedAt: Date;
}

function deliver({ world, line, reply, entry }: Exchange, served: Served): FastifyReply {
  world.journal.end(entry, served.answer.status, served.reads);
  return line.say(reply, served.answer);
}

/** Carries out a planned fault. `served` is what truly happened, when the fault comes after it. */
async function strike(exchange: Exchange, fault: PlannedFault, served: Served | null): Promise<FastifyReply> {
  const { world, line, reply, entry, startedAt } = exchange;
  if (fault.kind === 'slow') throw new Error('slow answers are delayed, not replaced');
  const mishap = mishapOf(fault.kind, served?.answer ?? null, startedAt);
  const status = 'answer' in mishap ? mishap.answer.status : null;
  world.journal.end(entry, status, served?.reads ?? 0);
  switch (mishap.kind) {
    case 'answer':
      return line.say(reply, mishap.answer);
    case 'truncated':
      return line.sayHalf(reply, mishap.answer);
    case 'cut':
      return line.cut(reply);
    case 'silence':
      return line.hold(reply, fault.delay_ms);
    default:
      return mishap satisfies never;
  }
}

async function carryOut(
  state: Exchange,
  gate: Gatekeeper,
  request: ApiRequest,
  call: Call,
): Promise<FastifyReply> {
  const { world, line, reply, entry } = state;
  const fault = world.faults.take(call.operation, request.realm);
  const isSlow = fault?.kind === 'slow';
  const isLate = fault?.when === 'after';
  if (fault && !isSlow && !isLate) return strike(state, fault, null);
  if (isSlow && !isLate) await line.delay(reply, fault.delay_ms ?? SLOW_MS);
  const served = serve(world, gate, request, call, state.startedAt);
  entry.executed = served.executed;
  if (isSlow && isLate) await line.delay(reply, fault.delay_ms ?? SLOW_MS);
  if (fault && !isSlow) return strike(state, fault, served);
  return deliver(state, served);
}

/**
 * Serves the Accounting API under `/v3/company/{realm}`. Answers are JSON always (the real service speaks XML to those who do not
 * ask for JSON); every answer carries `intuit_tid`.
 */
export function registerV3(app: FastifyInstance, world: World, gate: Gatekeeper): void {
  const line = new Line();
  app.addHook('preClose', async () => line.release());
  void app.register(async (api) => {
    api.removeAllContentTypeParsers();
    api.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    api.addHook('onRequest', async (_request, reply) => {
      void reply.header('intuit_tid', newTid(world.clock.now()));
    });
    api.setErrorHandler(async (error: { statusCode?: number; message: string }, _request, reply) => {
      const status = error.statusCode ?? 500;
      return line.say(reply, refusal(unsupportedOperation(error.message, status), world.clock.now()));
    });

    const handler = async (raw: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const startedAt = world.clock.now();
      const request = apiRequestOf(raw);
      const call = callOf(request);
      const entry: JournalEntry = {
        at: startedAt.toISOString(),
        realm: request.realm,
        operation: call.operation,
        method: request.method,
        url: raw.url,
        requestid: request.query.requestid ?? null,
        body: peekBody(request),
        status: null,
        executed: false,
        intuit_tid: String(reply.getHeader('intuit_tid')),
      };
      world.journal.begin(entry);
      reply.raw.once('close', () => world.journal.leave(entry));
      return carryOut({ world, line, reply, entry, startedAt }, gate, request, call);
    };
    api.all('/v3/company/:realm/*', handler);
    api.all('/v3/*', async (_request, reply) =>
      line.say(reply, refusal(unsupportedOperation('this route', 404), world.clock.now())),
    );
  });
}
