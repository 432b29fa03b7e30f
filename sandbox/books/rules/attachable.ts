import { findEntity } from '../catalog.ts';
import { missingLink } from '../fault.ts';
import { partOf, rowsOf, textOf } from '../json.ts';
import type { Rules } from './rule-context.ts';

/** Files and notes: what one is attached to has to be there, whatever its kind. */
export const attachableRules: Rules = {
  complete({ company }, draft) {
    for (const link of rowsOf(draft, 'AttachableRef')) {
      const reference = partOf(link, 'EntityRef');
      const [type, id] = [textOf(reference, 'type'), textOf(reference, 'value')];
      const entity = type === undefined ? undefined : findEntity(type);
      if (entity && id !== undefined && !company.store.find(entity.name, id))
        throw missingLink(entity.name, id);
    }
    return draft;
  },
};
