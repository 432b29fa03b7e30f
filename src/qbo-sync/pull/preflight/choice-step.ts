/** Something of the company that a setting can name. */
interface Choice {
  id: string;
  name: string;
  active: boolean;
}

const CHOICES_MAX = 20;

/**
 * How a setting is given the id of one of these, for QuickBooks shows no ids; null where they may not be read. `what`
 * is one of them, as `a class`. Pure.
 */
export function choiceStep(settings: string, choices: readonly Choice[] | null, what: string): string {
  if (choices === null) return `Set ${settings} by PATCH /org/settings to the id of ${what}.`;
  const active = choices.filter((one) => one.active);
  if (active.length === 0) return `Add ${what} in QuickBooks, then look again by POST /qbo/preflight.`;
  const named = active.slice(0, CHOICES_MAX).map(({ id, name }) => `${id} "${name}"`);
  const more = active.length > CHOICES_MAX ? ` and ${active.length - CHOICES_MAX} more` : '';
  return `Set ${settings} by PATCH /org/settings to the id of one of these: ${named.join(', ')}${more}.`;
}

/** The one that is chosen, as a clause names it. Pure. */
export function chosenName(id: string, choices: readonly Choice[] | null): string {
  const chosen = choices?.find((one) => one.id === id);
  return chosen ? `"${chosen.name}"` : `the id ${id}`;
}
