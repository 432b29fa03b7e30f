import { Fault, systemFailure } from '../books/fault.ts';
import { type ApiResponse, refusal } from './api-response.ts';
import type { FaultKind } from './fault-plan.ts';
import { gatewayResponse, notAuthorized, throttled, tokenRevoked } from './gateway.ts';

/**
 * What the client gets in place of the true response: another one, half of one, none, or a reset connection.
 */
export type FaultResponse =
  | { kind: 'answer'; answer: ApiResponse }
  | { kind: 'truncated'; answer: ApiResponse }
  | { kind: 'no_response' }
  | { kind: 'reset' };

const HTML =
  '<html><head><title>503 Service Unavailable</title></head><body><h1>We are down for maintenance</h1></body></html>';

const faultIn200 = (at: Date): ApiResponse =>
  refusal(
    new Fault([
      {
        Message: 'An application error has occurred while processing your request',
        Detail: 'System Failure Error',
        code: '10000',
      },
    ]),
    at,
    200,
  );

const halfJson: ApiResponse = {
  status: 200,
  contentType: 'application/json',
  payload: '{"QueryResponse":{"Invoice":[{"Id":"1",',
};

function malformed(answer: ApiResponse | null): ApiResponse {
  const text = (answer ?? halfJson).payload.toString();
  return { status: 200, contentType: 'application/json', payload: text.slice(0, Math.ceil(text.length / 2)) };
}

/**
 * How a planned fault shows itself. `truth` is the true answer, when the books were asked before it was lost.
 */
export function faultResponseOf(
  kind: Exclude<FaultKind, 'slow'>,
  truth: ApiResponse | null,
  at: Date,
): FaultResponse {
  const answered = (answer: ApiResponse): FaultResponse => ({ kind: 'answer', answer });
  switch (kind) {
    case 'timeout':
      return { kind: 'no_response' };
    case 'reset':
      return { kind: 'reset' };
    case 'truncated':
      return { kind: 'truncated', answer: truth ?? halfJson };
    case '429':
    case '429_xml':
      return answered(gatewayResponse(throttled(), at, kind === '429' ? 'json' : 'xml'));
    case '401':
    case '401_xml':
      return answered(gatewayResponse(tokenRevoked(), at, kind === '401' ? 'json' : 'xml'));
    case '403':
      return answered(gatewayResponse(notAuthorized(), at, 'json'));
    case '500':
      return answered(refusal(systemFailure('Unexpected Internal Error. (-30000)'), at));
    case '503_html':
      return answered({ status: 503, contentType: 'text/html', payload: HTML });
    case '200_fault':
      return answered(faultIn200(at));
    case 'malformed':
      return answered(malformed(truth));
    default:
      return kind satisfies never;
  }
}
