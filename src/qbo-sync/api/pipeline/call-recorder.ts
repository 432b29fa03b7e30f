import type { QboError } from '../errors/qbo-error.js';
import type { QboCompany } from '../model/qbo-company.js';

/** Is given the outcome of every call made with a company's stored token. Must not throw. */
export abstract class CallRecorder {
  abstract succeeded(company: QboCompany): Promise<void>;
  abstract failed(company: QboCompany, error: QboError): Promise<void>;
}
