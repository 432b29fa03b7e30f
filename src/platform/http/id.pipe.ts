import { Injectable, type PipeTransform } from '@nestjs/common';
import { ROW_ID_MAX } from '../database/statements/row-id.js';
import { DomainError } from '../errors/domain-error.js';
import { cutText } from '../text/cut-text.js';

/** An id in a path: whole and positive. Words answer 400; a number no row can have answers 404. */
@Injectable()
export class IdPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (!/^\d+$/.test(value)) {
      throw new DomainError('bad_request', 'malformed_id', 'The id in the path must be a whole number.');
    }
    const id = Number(value);
    if (id < 1 || id > ROW_ID_MAX) {
      throw new DomainError('not_found', 'not_found', `There is nothing with id ${cutText(value, 20, '…')}.`);
    }
    return id;
  }
}
