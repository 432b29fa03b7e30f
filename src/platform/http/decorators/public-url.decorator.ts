import { applyDecorators } from '@nestjs/common';
import { IsUrl, ValidateBy } from 'class-validator';
import { hostOf, isPublicHost } from '../../network/host.js';

/**
 * An https address on the internet that we are to call: no name or address of an internal network, no sign-in in it.
 * What the name resolves to is judged again at each call.
 */
export function PublicUrl(): PropertyDecorator {
  return applyDecorators(
    IsUrl({
      protocols: ['https'],
      require_protocol: true,
      require_tld: true,
      allow_underscores: true,
      disallow_auth: true,
    }),
    ValidateBy({
      name: 'isPublicUrl',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && URL.canParse(value) && isPublicHost(hostOf(value).replace(/\.$/, '')),
        defaultMessage: () => '$property must be an address on the internet',
      },
    }),
  );
}
