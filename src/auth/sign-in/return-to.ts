const ORIGIN = 'http://own.invalid';

/**
 * Where a browser goes after signing in: the path it asked for, if that is a place in this application, else
 * `usual`. Pure. A path begins with one slash; what a browser or a proxy could read as another host is refused,
 * also where it is percent-encoded. Letters outside ASCII are answered encoded: a header may not hold them.
 */
export function returnTo(wanted: unknown, usual: string): string {
  if (typeof wanted !== 'string' || !isOwnPath(wanted)) return usual;
  const decoded = decode(wanted);
  return decoded !== undefined && isOwnPath(decoded) ? inAscii(wanted) : usual;
}

/** Pages that ask which organisation they are about. */
const ABOUT_ORGANISATION = /^\/(?:inbox\/page|qbo\/status\/page|why\/(?:proposals|customers)\/\d+)$/;

/**
 * The same after a switch to another organisation, of the pages alone that lead to one: a place that somebody else has
 * put into the link would be come to from a page of ours, and passes for one that the person wanted. Pure.
 */
export function returnToPage(wanted: unknown, usual: string): string {
  const place = returnTo(wanted, usual);
  return ABOUT_ORGANISATION.test(new URL(place, ORIGIN).pathname) ? place : usual;
}

function inAscii(path: string): string {
  return path.toWellFormed().replaceAll(/[^!-~]+/gu, (letters) => encodeURIComponent(letters));
}

/**
 * The address of a page that leads to a place afterwards, and of its form: a refusal leaves the browser at it, and
 * loaded anew it still leads there. Where it goes by itself needs no word. Pure.
 */
export function addressLeadingTo(path: string, place: string, usual: string): string {
  return place === usual ? path : `${path}?return_to=${encodeURIComponent(place)}`;
}

function isOwnPath(path: string): boolean {
  // oxlint-disable-next-line no-control-regex -- browsers drop them, so that "/<tab>/host" becomes "//host"
  if (!/^\/(?!\/)/.test(path) || /[\\\u0000-\u001f\u007f]/.test(path)) return false;
  return URL.canParse(path, ORIGIN) && new URL(path, ORIGIN).origin === ORIGIN;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
