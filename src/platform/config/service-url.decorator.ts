import { ValidateBy } from 'class-validator';

/** How the address of a server begins, and one to show people. */
interface ServiceUrlRule {
  schemes: readonly string[];
  example: string;
  /** The server may be found by what stands behind the address, such as a socket. */
  isHostOptional?: boolean;
}

/**
 * The address of a server with a sign-in, by the rules of the drivers that read it: a container's name may hold an
 * underscore, and a password a colon, which rules for addresses of web pages refuse. One host alone.
 */
export function ServiceUrl({ schemes, example, isHostOptional = false }: ServiceUrlRule): PropertyDecorator {
  const isAddress = (text: string): boolean => {
    const isOfScheme = schemes.some((scheme) => text.toLowerCase().startsWith(`${scheme}://`));
    if (!isOfScheme || /\s/.test(text) || !URL.canParse(text)) return false;
    const { hostname } = new URL(text);
    return !hostname.includes(',') && (isHostOptional || hostname !== '');
  };
  return ValidateBy({
    name: 'isServiceUrl',
    validator: {
      validate: (value) => typeof value === 'string' && isAddress(value),
      defaultMessage: () => `$property must be an address such as ${example}`,
    },
  });
}
