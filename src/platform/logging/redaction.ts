const SECRETS = [
  /\beyJ[\w-]{6,}(?:\.[\w-]*)*/g, // JSON web tokens and Intuit's access tokens
  /\b(?:RT1-|AB11)[\w-]{8,}/g, // Intuit's refresh tokens
  /\b(?:sk|rk|whsec)_[\w]{8,}/g, // Stripe's keys
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /(?<=\b(?:password|secret|token|code|state)=)[^&\s"]+/gi,
  /(?<=postgres(?:ql)?:\/\/[^:/\s]+:)[^@\s]+(?=@)/gi,
];

const PORTAL_TOKEN = /(\/p\/)[^/]+/gi;

/** Text without anything that looks like a credential. The last net: nothing should carry one this far. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((clean, pattern) => clean.replace(pattern, '[redacted]'), text);
}

/** The path of a URL without what proves something: query strings carry OAuth codes, the customer's page its token. */
export function pathForLog(url: string): string {
  return url.split('?', 1)[0]!.replace(PORTAL_TOKEN, '$1[redacted]');
}

/**
 * What of an error may be logged: its kind, message, code and stack. The rest of an HTTP client's error holds the
 * request with its headers.
 */
export function errorForLog(error: unknown): object {
  if (!(error instanceof Error)) return { message: withoutSecrets(String(error)) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: name,
    message: withoutSecrets(message),
    ...(code ? { code } : {}),
    stack: withoutSecrets(stack ?? ''),
    ...(cause === undefined ? {} : { cause: errorForLog(cause) }),
  };
}
