import { Fault } from '../books/fault.ts';
import type { Body } from '../books/json.ts';
import { responseXml } from '../xml/to-xml.ts';
import { envelopeTime } from '../books/pacific.ts';

export interface ApiResponse {
  status: number;
  contentType: string;
  payload: string | Buffer;
}

const JSON_TYPE = 'application/json;charset=UTF-8';

const XML_TYPE = 'application/xml;charset=UTF-8';

function written(body: Body, startedAt: Date, status: number, asXml: boolean): ApiResponse {
  const time = envelopeTime(startedAt);
  if (asXml) return { status, contentType: XML_TYPE, payload: responseXml(body, time) };
  const isReport = 'Header' in body;
  return { status, contentType: JSON_TYPE, payload: JSON.stringify(isReport ? body : { ...body, time }) };
}

/** A success: 200 for creates too, with `time` at the start of the request's processing; reports have none. */
export function success(body: Body, startedAt: Date, asXml = false): ApiResponse {
  return written(body, startedAt, 200, asXml);
}

/** A refusal by the accounting service: the capitalised `Fault` envelope. */
export function refusal(fault: Fault, startedAt: Date, status = fault.status, asXml = false): ApiResponse {
  return written({ Fault: fault.toBody() as unknown as Body }, startedAt, status, asXml);
}
