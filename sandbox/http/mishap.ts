import { Fault, systemFailure } from '../books/fault.ts';
import { type Answer, refusal } from './answer.ts';
import type { FaultKind } from './fault-plan.ts';
import { gatewayAnswer, notAuthorized, throttled, tokenRevoked } from './gateway.ts';

/** What reaches the client in place of the true answer: another answer, half of one, silence, or a cut line. */
export type Mishap =
  | { kind: 'answer'; answer: Answer }
  | { kind: 'truncated'; answer: Answer }
  | { kind: 'silence' }
  | { kind: 'cut' };

const HTML =
  '<html><head><title>503 Service Unavailable</title></head><body><h1>We are down for maintenance</h1></body></html>';

const faultIn200 = (at: Date): Answer =>
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

const halfJson: Answer = {
  status: 200,
  contentType: 'application/json',
  payload: '{"QueryResponse":{"Invoice":[{"Id":"1",',
};

function malformed(answer: Answer | null): Answer {
  const text = (answer ?? halfJson).payload.toString();
  return { status: 200, contentType: 'application/json', payload: text.slice(0, Math.ceil(text.length / 2)) };
}

/** How a planned fault shows itself. `truth` is the true answer, when the books were asked before it was lost. */
export function mishapOf(kind: Exclude<FaultKind, 'slow'>, truth: Answer | null, at: Date): Mishap {
  const answered = (answer: Answer): Mishap => ({ kind: 'answer', answer });
  switch (kind) {
    case 'timeout':
      return { kind: 'silence' };
    case 'reset':
      return { kind: 'cut' };
    case 'truncated':
      return { kind: 'truncated', answer: truth ?? halfJson };
    case '429':
    case '429_xml':
      return answered(gatewayAnswer(throttled(), at, kind === '429' ? 'json' : 'xml'));
    case '401':
    case '401_xml':
      return answered(gatewayAnswer(tokenRevoked(), at, kind === '401' ? 'json' : 'xml'));
    case '403':
      return answered(gatewayAnswer(notAuthorized(), at, 'json'));
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
