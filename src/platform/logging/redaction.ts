const SECRETS = [
  /\beyJ[\w-]{6,}(?:\.[\w-]*)*/g, // JSON web tokens and Intuit's access tokens
  /\b(?:RT1-|AB11)[\w-]{8,}/g, // Intuit's refresh tokens
  /\b(?:sk|rk|whsec)_[\w]{8,}/g, // Stripe's keys
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /\botpauth:\/\/[^\s"]+/gi, // what an authenticator app is set up with
  /(?<=\b(?:password|secret|token|code|totp|state)=)[^&\s"]+/gi,
  /(?<=postgres(?:ql)?:\/\/[^:/\s]+:)[^@\s]+(?=@)/gi,
];

/** Text without anything that looks like a credential. The last net: nothing should carry one this far. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((clean, pattern) => clean.replace(pattern, '[redacted]'), text);
}

const SECRET_FIELDS = new Set([
  'authorization',
  'cookie',
  'headers',
  'otpauth_uri',
  'password',
  'recovery_codes',
  'secret',
  'token',
  'totp',
]);

/**
 * The facts of a line without fields that hold a credential, at the first two levels. The names are few on purpose:
 * this runs for every line.
 */
export function withoutSecretFields(facts: Record<string, unknown>): Record<string, unknown> {
  let clean = facts;
  for (const key in facts) {
    const value = facts[key];
    const kept = SECRET_FIELDS.has(key) ? undefined : isPlain(value) ? withoutOwnSecrets(value) : value;
    if (kept === value) continue;
    if (clean === facts) clean = { ...facts };
    if (kept === undefined) delete clean[key];
    else clean[key] = kept;
  }
  return clean;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function withoutOwnSecrets(value: Record<string, unknown>): Record<string, unknown> {
  for (const key in value) {
    if (SECRET_FIELDS.has(key)) {
      return Object.fromEntries(Object.entries(value).filter(([name]) => !SECRET_FIELDS.has(name)));
    }
  }
  return value;
}
