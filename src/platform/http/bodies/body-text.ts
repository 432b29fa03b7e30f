/** The text that bytes say in UTF-8, without a byte order mark; null where they are not UTF-8. Pure. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** True where a content type names a charset and it is not UTF-8. Pure. */
export function namesOtherCharset(contentType: string | undefined): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType ?? '')?.[1];
  return charset !== undefined && !/^utf-?8$/i.test(charset);
}

/**
 * The fields of a form, `application/x-www-form-urlencoded`; of a name that comes twice the last one counts. Null where
 * an escape is none or what is escaped is not UTF-8. Pure.
 */
export function formFields(body: string): Record<string, string> | null {
  try {
    const pairs = body
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const equals = pair.indexOf('=');
        return equals < 0
          ? ([unescaped(pair), ''] as const)
          : ([unescaped(pair.slice(0, equals)), unescaped(pair.slice(equals + 1))] as const);
      });
    return Object.assign(Object.create(null) as object, Object.fromEntries(pairs));
  } catch {
    return null;
  }
}

function unescaped(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
