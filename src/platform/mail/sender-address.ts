/**
 * The address that the installation's mail comes from: `from` in the SMTP URL's query, else the name it signs in with
 * where that is an address, else `no-reply` at the host that customers see. Pure.
 */
export function senderAddress(smtpUrl: string, publicUrl: string): string {
  const smtp = new URL(smtpUrl);
  const candidates = [namedIn(smtp, 'from'), decodeURIComponent(smtp.username)];
  return candidates.find(isAddress) ?? `no-reply@${new URL(publicUrl).hostname}`;
}

/**
 * Where what cannot be delivered is sent back to: `bounces` in the SMTP URL's query, else the sender. Pure.
 */
export function bounceAddress(smtpUrl: string, sender: string): string {
  const named = namedIn(new URL(smtpUrl), 'bounces');
  return isAddress(named) ? named : sender;
}

/** Which of the two are in the SMTP URL, and name no address: another would take their place. Pure. */
export function unusableMailAddresses(smtpUrl: string): string[] {
  const url = new URL(smtpUrl);
  return ['from', 'bounces'].filter((name) => url.searchParams.get(name) && !isAddress(namedIn(url, name)));
}

/** The address of `Acme <office@acme.test>`; its name is not ours to say: mail is in the name of organisations. */
function namedIn({ searchParams }: URL, name: string): string | null {
  const text = searchParams.get(name);
  return /^[^<>\p{Cc}]*<([^<>]*)>$/u.exec(text ?? '')?.[1] ?? text;
}

function isAddress(text: string | null): text is string {
  return text !== null && /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(text);
}
