/**
 * The address that the installation's mail comes from: `from` in the SMTP URL's query, else the name it signs in with
 * where that is an address, else `no-reply` at the host that customers see. Pure.
 */
export function senderAddress(smtpUrl: string, publicUrl: string): string {
  const smtp = new URL(smtpUrl);
  const candidates = [smtp.searchParams.get('from'), decodeURIComponent(smtp.username)];
  return candidates.find(isAddress) ?? `no-reply@${new URL(publicUrl).hostname}`;
}

/**
 * Where what cannot be delivered is sent back to: `bounces` in the SMTP URL's query, else the sender. Pure.
 */
export function bounceAddress(smtpUrl: string, sender: string): string {
  const named = new URL(smtpUrl).searchParams.get('bounces');
  return isAddress(named) ? named : sender;
}

function isAddress(text: string | null): text is string {
  return text !== null && /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(text);
}
