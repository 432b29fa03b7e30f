import { Fault } from '../books/fault.ts';
import { type Body, isBody, type Json } from '../books/json.ts';
import { jsonOf } from '../books/render.ts';
import { responseXml } from '../xml/to-xml.ts';
import { envelopeTime } from '../books/pacific.ts';

export interface ApiResponse {
  status: number;
  contentType: string;
  payload: string | Buffer;
}

const JSON_TYPE = 'application/json;charset=UTF-8';

const XML_TYPE = 'application/xml;charset=UTF-8';

function fieldsOf(body: Body, write: (value: Json) => string): string {
  const fields = Object.entries(body).flatMap(([name, value]) =>
    value === undefined ? [] : [`${JSON.stringify(name)}:${write(value)}`],
  );
  return `{${fields.join(',')}}`;
}

function listOf(value: Json): string {
  return Array.isArray(value) ? `[${value.map(jsonOf).join(',')}]` : JSON.stringify(value);
}

/** JSON of an answer, the rows of a query by the texts that are kept of them. */
function jsonOfAnswer(body: Body): string {
  if (!isBody(body.QueryResponse)) return JSON.stringify(body);
  return fieldsOf(body, (part) => (isBody(part) ? fieldsOf(part, listOf) : JSON.stringify(part)));
}

function written(body: Body, startedAt: Date, status: number, asXml: boolean): ApiResponse {
  const time = envelopeTime(startedAt);
  if (asXml) return { status, contentType: XML_TYPE, payload: responseXml(body, time) };
  const isReport = 'Header' in body;
  return { status, contentType: JSON_TYPE, payload: jsonOfAnswer(isReport ? body : { ...body, time }) };
}

/** A success: 200 for creates too, with `time` at the start of the request's processing; reports have none. */
export function success(body: Body, startedAt: Date, asXml = false): ApiResponse {
  return written(body, startedAt, 200, asXml);
}

/** A refusal by the accounting service: the capitalised `Fault` envelope. */
export function refusal(fault: Fault, startedAt: Date, status = fault.status, asXml = false): ApiResponse {
  return written({ Fault: fault.toBody() as unknown as Body }, startedAt, status, asXml);
}
