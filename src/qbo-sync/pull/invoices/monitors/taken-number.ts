/** A number of ours, such as `CRM-7-F`, with the proposal that it names. */
const OURS = /^CRM-(\d+)(?:-|$)/i;

/** The proposal whose number an invoice of another one has; null where it has its own, or one that names none. Pure. */
export function proposalNamed(number: string | null, proposalId: number): number | null {
  const named = OURS.exec(number ?? '')?.[1];
  return named === undefined || Number(named) === proposalId ? null : Number(named);
}
