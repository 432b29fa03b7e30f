import { Fault, badRequestId, systemFailure } from '../books/fault.ts';
import type { World } from '../world.ts';
import { refusalsOf, refusalsOfItems } from './wrong-in.ts';
import { type ApiResponse, refusal, success } from './api-response.ts';
import type { ApiRequest } from './api-request.ts';
import type { Call } from './api-call.ts';
import type { AccessCheck } from './access-check.ts';
import {
  type GatewayFault,
  gatewayResponse,
  notAuthorized,
  throttled,
  tokenExpired,
  tokenMalformed,
  tokenRevoked,
} from './gateway.ts';

const REQUEST_ID_MAX = 50;

/** What became of a request: its answer, the metered reads in it, and whether the books were asked. */
export interface Served {
  answer: ApiResponse;
  reads: number;
  executed: boolean;
  /** Why it was refused, or items of its batch: codes and details. */
  refusals: string[];
}

function refusedAtGate(
  world: World,
  access: AccessCheck,
  request: ApiRequest,
  call: Call,
  now: Date,
): GatewayFault | null {
  const verdict = access.check(request.bearer, request.realm);
  if (verdict === 'expired') return tokenExpired(request.bearer);
  if (verdict === 'unknown') return tokenMalformed();
  if (verdict === 'revoked') return tokenRevoked();
  if (verdict === 'wrong_realm' || !world.companies.has(request.realm)) return notAuthorized();
  const client = access.clientOf(request.bearer);
  const fits = world.limits.admits(request.realm, client, call.isBatch, now.getTime(), world.switches);
  return fits ? null : throttled();
}

/** A PDF of a document, or a link to a file. */
function documentTypeOf({ operation }: Call): string {
  return operation.startsWith('attachable.') ? 'text/plain' : 'application/pdf';
}

function execute(world: World, request: ApiRequest, call: Call, startedAt: Date): Omit<Served, 'executed'> {
  try {
    const {
      body,
      document,
      contentType = documentTypeOf(call),
      reads,
    } = call.run(world.companies.get(request.realm)!);
    if (document) return { answer: { status: 200, contentType, payload: document }, reads, refusals: [] };
    return { answer: success(body, startedAt, request.wantsXml), reads, refusals: refusalsOfItems(body) };
  } catch (error) {
    const fault = error instanceof Fault ? error : systemFailure('Unexpected Internal Error. (-30000)');
    if (!(error instanceof Fault)) process.emitWarning(error instanceof Error ? error : String(error));
    const answer = refusal(fault, startedAt, fault.status, request.wantsXml);
    return { answer, reads: 0, refusals: refusalsOf(fault) };
  }
}

function answerOnce(world: World, request: ApiRequest, call: Call, startedAt: Date): Served {
  const { requestIds, switches } = world;
  const isSent = call.operation === 'attachable.upload' || call.operation.endsWith('.send');
  const counts = call.writes && !(isSent && switches.requestIdOnSend === 'ignore');
  const id = counts ? request.query.requestid : undefined;
  if (id === undefined) return { ...execute(world, request, call, startedAt), executed: true };
  if (id === '' || id.length > REQUEST_ID_MAX) {
    const fault = badRequestId(
      `A request id has 1 to ${REQUEST_ID_MAX} characters. Supplied length:${id.length}`,
    );
    const answer = refusal(fault, startedAt, fault.status, request.wantsXml);
    return { answer, reads: 0, executed: false, refusals: refusalsOf(fault) };
  }
  const body = request.body.toString('utf8');
  const now = startedAt.getTime();
  const known = requestIds.replay(request.realm, id, body, now, switches);
  if (known) return { answer: known, reads: 0, executed: false, refusals: [] };
  const done = execute(world, request, call, startedAt);
  requestIds.remember(request.realm, id, body, done.answer, now, switches);
  return { ...done, executed: true };
}

/** Gate, limits, `requestid`, books: one request from arrival to answer, without its travel. */
export function serve(
  world: World,
  access: AccessCheck,
  request: ApiRequest,
  call: Call,
  startedAt: Date,
): Served {
  const refused = refusedAtGate(world, access, request, call, startedAt);
  if (refused) {
    return {
      answer: gatewayResponse(refused, startedAt, request.wantsXml ? 'xml' : world.switches.gatewayFormat),
      reads: 0,
      executed: false,
      refusals: [`${refused.code} ${refused.detail ?? refused.message}`],
    };
  }
  try {
    return answerOnce(world, request, call, startedAt);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const answer = refusal(error, startedAt, error.status, request.wantsXml);
    return { answer, reads: 0, executed: false, refusals: refusalsOf(error) };
  }
}
