import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault, unsupportedOperation } from '../books/fault.ts';
import type { World } from '../world.ts';
import { refusal } from './api-response.ts';
import { type ApiRequest, apiRequestOf, peekBody } from './api-request.ts';
import { type Call, callOf } from './api-call.ts';
import { entitlementsCall } from './entitlements.ts';
import type { PlannedFault } from './fault-plan.ts';
import type { AccessCheck } from './access-check.ts';
import type { JournalEntry } from './journal.ts';
import { registerFileLinks } from './file-links.ts';
import { ResponseWriter } from './response-writer.ts';
import { wrongIn } from './wrong-in.ts';
import { faultResponseOf } from './fault-response.ts';
import { type Served, serve } from './serve.ts';
import { BODY_MAX, unpacked } from './unpacked.ts';

const SLOW_MS = 1000;

/** Intuit's name for one exchange, on every answer: `1-628f0be4-19ed5ea6…`. */
function newIntuitTid(now: Date): string {
  return `1-${Math.floor(now.getTime() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
}

interface Exchange {
  world: World;
  writer: ResponseWriter;
  reply: FastifyReply;
  entry: JournalEntry;
  request: ApiRequest;
  startedAt: Date;
}

function deliver({ world, writer, reply, entry, request }: Exchange, served: Served): FastifyReply {
  world.journal.end(entry, served.answer.status, served.reads);
  const isReport = entry.operation.startsWith('report.');
  const isModern = world.switches.reportGeneration === 'modern' || request.query.testing_migration === 'true';
  if (isReport && isModern) void reply.header('v3modernResponse', 'true');
  return writer.send(reply, served.answer);
}

/** Carries out a planned fault. `served` is what truly happened, when the fault comes after it. */
async function applyFault(
  exchange: Exchange,
  fault: PlannedFault,
  served: Served | null,
): Promise<FastifyReply> {
  const { world, writer, reply, entry, startedAt } = exchange;
  if (fault.kind === 'slow') throw new Error('slow answers are delayed, not replaced');
  const response = faultResponseOf(fault.kind, served?.answer ?? null, startedAt);
  const status = 'answer' in response ? response.answer.status : null;
  world.journal.end(entry, status, served?.reads ?? 0);
  switch (response.kind) {
    case 'answer':
      return writer.send(reply, response.answer);
    case 'truncated':
      return writer.sendTruncated(reply, response.answer);
    case 'reset':
      return writer.reset(reply);
    case 'no_response':
      return writer.hang(reply, fault.delay_ms);
    default:
      return response satisfies never;
  }
}

async function executeCall(state: Exchange, access: AccessCheck, call: Call): Promise<FastifyReply> {
  const { world, writer, reply, entry, request } = state;
  const fault = world.faults.take(call.operation, request.realm);
  const isSlow = fault?.kind === 'slow';
  const isLate = fault?.when === 'after';
  if (fault && !isSlow && !isLate) return applyFault(state, fault, null);
  if (isSlow && !isLate) await writer.delay(reply, fault.delay_ms ?? SLOW_MS);
  const served = serve(world, access, request, call, state.startedAt);
  entry.executed = served.executed;
  entry.wrong = wrongIn(entry, served.refusals);
  if (isSlow && isLate) await writer.delay(reply, fault.delay_ms ?? SLOW_MS);
  if (fault && !isSlow) return applyFault(state, fault, served);
  return deliver(state, served);
}

/**
 * Serves the Accounting API under `/v3/company/{realm}`. Answers are JSON unless XML is asked for (the real service
 * speaks XML to those who do not ask for JSON); every answer carries `intuit_tid`.
 */
export function registerV3(app: FastifyInstance, world: World, access: AccessCheck): void {
  const writer = new ResponseWriter();
  app.addHook('preClose', async () => writer.release());
  registerFileLinks(app, world);
  void app.register(async (api) => {
    api.removeAllContentTypeParsers();
    api.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
      unpacked(body, request.headers['content-encoding']),
    );
    api.addHook('onRequest', async (_request, reply) => {
      void reply.header('intuit_tid', newIntuitTid(world.clock.now()));
    });
    api.setErrorHandler(async (error: { statusCode?: number; message: string }, _request, reply) => {
      const fault =
        error instanceof Fault ? error : unsupportedOperation(error.message, error.statusCode ?? 500);
      return writer.send(reply, refusal(fault, world.clock.now()));
    });

    const answer = async (
      raw: FastifyRequest,
      reply: FastifyReply,
      callFor: (request: ApiRequest) => Call,
    ): Promise<FastifyReply> => {
      const startedAt = world.clock.now();
      const request = apiRequestOf(raw);
      const call = callFor(request);
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
        wrong: [],
      };
      world.journal.begin(entry);
      reply.raw.once('close', () => world.journal.leave(entry));
      return executeCall({ world, writer, reply, entry, request, startedAt }, access, call);
    };
    api.all('/v3/company/:realm/*', (raw, reply) => answer(raw, reply, callOf));
    // A file may be as large as QuickBooks takes it, anything else as the server says.
    api.post('/v3/company/:realm/:action(^upload$)', { bodyLimit: BODY_MAX }, (raw, reply) =>
      answer(raw, reply, callOf),
    );
    api.get('/manage/entitlements/v3/:realm', (raw, reply) =>
      answer(raw, reply, () => entitlementsCall(raw.headers.accept ?? '')),
    );
    api.all('/v3/*', async (_request, reply) =>
      writer.send(reply, refusal(unsupportedOperation('this route', 404), world.clock.now())),
    );
  });
}
