import type { Company } from '../books/company.ts';
import { objectNotFound, required, unparsable } from '../books/fault.ts';
import { type Body, isBody, textOf } from '../books/json.ts';
import { readRecord, writeRecord } from '../books/write-record.ts';
import type { ApiRequest } from './api-request.ts';
import { type Part, partsOf } from './multipart.ts';

function metadataOf(part: Part | undefined): Body {
  if (!part) return {};
  try {
    const body: unknown = JSON.parse(part.content.toString('utf8'));
    if (isBody(body)) return body;
  } catch {
    // Said below: a part that is not JSON is as unreadable as one that is no object.
  }
  throw unparsable('The metadata of the file is not a JSON object');
}

/** `file_content_01` of `file_metadata_01`. */
function numberOf(name: string): string {
  return /(\d+)$/.exec(name)?.[1] ?? '';
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
    const draft = {
      FileName: file.fileName ?? 'file',
      ContentType: file.contentType,
      ...metadata,
      Size: file.content.length,
    };
    const id = textOf(writeRecord(company, 'create', 'Attachable', draft), 'Id')!;
    company.files.set(id, file.content);
    return { Attachable: { ...readRecord(company, 'Attachable', id), ...addressesOf(company, id) } };
  });
  return { AttachableResponse };
}

/** Where a file can be had. */
function addressesOf(company: Company, id: string): Body {
  const path = `/v3/company/${company.realmId}/download/${id}`;
  return { FileAccessUri: path, TempDownloadUri: path };
}

export function fileOf(company: Company, id: string): Buffer {
  const file = company.files.get(id);
  if (!file) throw objectNotFound();
  return file;
}
