import type { Company } from '../books/company.ts';
import { Fault, required, unparsable, wrongAttachment } from '../books/fault.ts';
import { type Body, isBody, textOf } from '../books/json.ts';
import { readRecord, writeRecord } from '../books/write-record.ts';
import { requestFromXml } from '../xml/from-xml.ts';
import type { ApiRequest } from './api-request.ts';
import { withFileLinks } from './file-links.ts';
import { type Part, partsOf } from './multipart.ts';

/** What is said of a file, in JSON or, as clients send it that speak XML, as an `<Attachable>`. */
function metadataOf(part: Part | undefined): Body {
  if (!part) return {};
  const source = part.content.toString('utf8').trim();
  if (source.startsWith('<')) return requestFromXml(source);
  try {
    const body: unknown = JSON.parse(source);
    if (isBody(body)) return body;
  } catch {
    // Said below: a part that is not JSON is as unreadable as one that is no object.
  }
  throw unparsable('The metadata of the file is not a JSON object');
}

/** Kinds of files that can be attached, by the end of their name. */
const ATTACHED = new Set(
  'ai csv doc docx eps gif jpeg jpg ods page pdf png rtf tif tiff txt xls xlsx xml'.split(' '),
);

function checkKind(fileName: string): void {
  const ending = /\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase();
  if (ending === undefined || !ATTACHED.has(ending)) throw wrongAttachment(fileName);
}

/** `file_content_01` of `file_metadata_01`. */
function numberOf(name: string): string {
  return /(\d+)$/.exec(name)?.[1] ?? '';
}

function attached(company: Company, request: ApiRequest, file: Part, metadata: Body): Body {
  const draft = {
    FileName: file.fileName ?? 'file',
    ContentType: file.contentType,
    ...metadata,
    Size: file.content.length,
  };
  for (const name of new Set([textOf(draft, 'FileName')!, file.fileName])) if (name) checkKind(name);
  const id = textOf(writeRecord(company, 'create', 'Attachable', draft), 'Id')!;
  company.files.set(id, file.content);
  return { Attachable: withFileLinks(company, request, readRecord(company, 'Attachable', id)) };
}

/** What the books refuse of one file is in its place in the answer, and stops none of the others. */
function orFault(attach: () => Body): Body {
  try {
    return attach();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { Error: errors, type } = error.toBody();
    return { Fault: { Error: errors.map((one) => ({ ...one })), type } };
  }
}

/**
 * `POST /upload`: each `file_content_…` part becomes an Attachable with what its `file_metadata_…` part says,
 * and is kept for `/download/{id}`.
 */
export function uploadFiles(company: Company, request: ApiRequest): Body {
  const parts = partsOf(request.body, request.rawContentType);
  const files = parts.filter(({ name }) => name.startsWith('file_content'));
  if (files.length === 0) throw required('file_content_01');
  const AttachableResponse = files.map((file) => {
    const own = parts.find(
      ({ name }) => name.startsWith('file_metadata') && numberOf(name) === numberOf(file.name),
    );
    const metadata = metadataOf(own);
    return orFault(() => attached(company, request, file, metadata));
  });
  return { AttachableResponse };
}
