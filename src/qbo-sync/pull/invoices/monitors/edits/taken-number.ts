/** A number of ours, such as `CRM-7-F`, with the proposal that it names: with more digits none has it. */
const OURS = /^CRM-(\d{1,15})(?:-|$)/i;

/** The proposal whose number an invoice of another one has; null where it has its own, or one that names none. Pure. */
export function proposalNamed(number: string | null, proposalId: number): number | null {
  const named = OURS.exec(number ?? '')?.[1];
  return named === undefined || Number(named) === proposalId ? null : Number(named);
}
