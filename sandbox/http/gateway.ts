import { envelopeTime } from '../books/pacific.ts';
import type { ApiResponse } from './api-response.ts';

/**
 * A refusal by the gateway in front of the accounting service: another envelope than the service's, in JSON
 * or XML.
 */
export interface GatewayFault {
  status: 401 | 403 | 429;
  type: 'AUTHENTICATION' | 'SERVICE';
  code: '3200' | '3100' | '3001';
  message: string;
  detail: string | null;
}

function authentication(detail: string | null): GatewayFault {
  const message = 'message=AuthenticationFailed; errorCode=003200; statusCode=401';
  return { status: 401, type: 'AUTHENTICATION', code: '3200', message, detail };
}

export const tokenExpired = (token: string): GatewayFault => authentication(`Token expired: ${token}`);
export const tokenMalformed = (): GatewayFault =>
  authentication('Malformed bearer token: too short or too long');
export const tokenRevoked = (): GatewayFault => authentication(null);

/** Usually a token of one company, or of the other environment, used on another company. */
export const notAuthorized = (): GatewayFault => ({
  status: 403,
  type: 'SERVICE',
  code: '3100',
  message: 'message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403',
  detail: null,
});

export const throttled = (): GatewayFault => ({
  status: 429,
  type: 'SERVICE',
  code: '3001',
  message: 'message=ThrottleExceeded; errorCode=003001; statusCode=429',
  detail: 'The request limit was reached.  Try again later',
});

function asJson({ message, detail, code, type }: GatewayFault, at: Date): string {
  return JSON.stringify({
    warnings: null,
    intuitObject: null,
    fault: { error: [{ message, detail, code, element: null }], type },
    report: null,
    queryResponse: null,
    batchItemResponse: [],
    attachableResponse: [],
    syncErrorResponse: null,
    requestId: null,
    time: at.getTime(),
    status: null,
    cdcresponse: [],
  });
}

function asXml({ message, detail, code, type }: GatewayFault, at: Date): string {
  const detailXml = detail === null ? '' : `<Detail>${detail}</Detail>`;
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    `<IntuitResponse time="${envelopeTime(at)}" xmlns="http://schema.intuit.com/finance/v3">`,
    `<Fault type="${type}"><Error code="${code}"><Message>${message}</Message>${detailXml}</Error></Fault>`,
    '</IntuitResponse>',
  ].join('');
}

/** No Retry-After with a 429: none is documented, none was ever seen. */
export function gatewayResponse(fault: GatewayFault, at: Date, format: 'json' | 'xml'): ApiResponse {
  const isXml = format === 'xml';
  return {
    status: fault.status,
    contentType: isXml ? 'application/xml' : 'application/json',
    payload: isXml ? asXml(fault, at) : asJson(fault, at),
  };
}
