import type { Luck } from './luck.ts';
import type { Tale } from './short-story.ts';

const CHANCES = 3;

/**
 * The shortest tale that can be found of which `isBroken` still holds, by leaving out acts and misfortunes. Whatever is
 * left out changes what chance decides after it, so that each shorter tale is tried with some chances. Plays at most
 * `playsMax` tales.
 */
export async function shrink(
  tale: Tale,
  isBroken: (tale: Tale) => Promise<boolean>,
  playsMax = 60,
): Promise<Tale> {
  let shortest = tale;
  const budget = { plays: playsMax };
  const holds = async (candidate: Tale): Promise<Tale | null> => {
    for (let more = 0; more < CHANCES && budget.plays > 0; more += 1) {
      budget.plays -= 1;
      const tried = { ...candidate, chance: candidate.chance + more };
      if (await isBroken(tried)) return tried;
    }
    return null;
  };
  for (let isShorter = true; isShorter && budget.plays > 0;) {
    isShorter = false;
    for (const candidate of shorterOf(shortest)) {
      const found = await holds(candidate);
      if (!found) continue;
      shortest = found;
      isShorter = true;
      break;
    }
  }
  return shortest;
}

/** Tales with a little less in them, those with the least first. Pure. */
export function* shorterOf(tale: Tale): Generator<Tale> {
  const { luck, story, scene } = tale;
  for (const less of lessLuck(luck)) yield { ...tale, luck: less };
  if (scene.length > 0) yield { ...tale, scene: [] };
  const { steps } = story;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < steps.length; from += size) {
      yield {
        ...tale,
        story: { ...story, steps: steps.filter((_step, place) => place < from || place >= from + size) },
      };
    }
  }
  for (const left of scene.keys()) yield { ...tale, scene: scene.filter((_step, place) => place !== left) };
}

function lessLuck(luck: Luck): Luck[] {
  return [
    ...(luck.faultsMax > 0 ? [{ ...luck, faultsMax: 0, faultRate: 0 }] : []),
    ...(luck.messageFaultRate > 0 ? [{ ...luck, messageFaultRate: 0 }] : []),
    ...(luck.killsMax > 0 ? [{ ...luck, killsMax: 0 }] : []),
    ...(luck.freezesMax > 0 ? [{ ...luck, freezesMax: 0 }] : []),
    ...(luck.illStarred ? [{ ...luck, illStarred: null }] : []),
    ...(luck.areBooksSilent ? [{ ...luck, areBooksSilent: false }] : []),
    ...(luck.isOrderly ? [] : [{ ...luck, isOrderly: true }]),
    ...(luck.faultsMax > 1 ? [{ ...luck, faultsMax: Math.floor(luck.faultsMax / 2) }] : []),
  ];
}
