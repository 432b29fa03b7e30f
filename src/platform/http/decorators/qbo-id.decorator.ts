import { ValidateBy } from 'class-validator';
import { isQboId } from '../../text/qbo-id.js';

/** An id of QuickBooks in a body. */
export const QboId = (): PropertyDecorator =>
  ValidateBy({
    name: 'qboId',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isQboId(value),
      defaultMessage: () => '$property must be an id of QuickBooks, digits only',
    },
  });
