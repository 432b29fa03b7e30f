import { Fault } from '../books/fault.ts';
import type { Body } from '../books/json.ts';
import { envelopeTime } from '../books/pacific.ts';

export interface ApiResponse {
  status: number;
  contentType: string;
  payload: string | Buffer;
}

const JSON_TYPE = 'application/json;charset=UTF-8';

/** A success: 200 for creates too, with `time` at the start of the request's processing; reports have none. */
export function success(body: Body, startedAt: Date): ApiResponse {
  return {
    status: 200,
    contentType: JSON_TYPE,
    payload: JSON.stringify('Header' in body ? body : { ...body, time: envelopeTime(startedAt) }),
  };
}

/** A refusal by the accounting service: the capitalised `Fault` envelope. */
export function refusal(fault: Fault, startedAt: Date, status = fault.status): ApiResponse {
  const body = { Fault: fault.toBody(), time: envelopeTime(startedAt) };
  return { status, contentType: JSON_TYPE, payload: JSON.stringify(body) };
}
