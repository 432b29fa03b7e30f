import type { InboxItemView } from '../../src/inbox/inbox.dto.js';
import { eventually } from './eventually.js';
import type { Session } from './people.js';

/** An item of the inbox as its API shows it. */
export type InboxItem = InboxItemView;

/** What is open in the inbox of a person's organisation, or what of it has this code. */
export async function openItems(person: Session, code?: string): Promise<InboxItem[]> {
  const { body } = await person.get(code === undefined ? '/inbox' : `/inbox?code=${code}`);
  return body.items as InboxItem[];
}

/** The codes of what is open, in the order of the inbox. */
export async function openCodes(person: Session): Promise<string[]> {
  return (await openItems(person)).map(({ code }) => code);
}

/** The open item with this code, once there is one. */
export async function openItem(person: Session, code: string): Promise<InboxItem> {
  return eventually(async () => {
    const items = await openItems(person);
    const found = items.find((item) => item.code === code);
    if (!found)
      throw new Error(`open is ${items.map((item) => item.code).join(', ') || 'nothing'}, not ${code}`);
    return found;
  });
}
