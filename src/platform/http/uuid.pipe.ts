import { ParseUUIDPipe } from '@nestjs/common';
import { DomainError } from '../errors/domain-error.js';

/** A UUID in a path; anything else answers 400. */
export const UuidPipe = new ParseUUIDPipe({
  exceptionFactory: () =>
    new DomainError('bad_request', 'malformed_id', 'The id in the path must be a UUID.'),
});
