import { createRequire } from 'node:module';
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

/** Of zxcvbn's 0 to 4: below 2, a million guesses find it, which a throttled sign-in does not outlast for ever. */
const SCORE_MIN = 2;
/** Longer ones are in no list and take half a second to estimate. */
const ESTIMATED_CHARACTERS = 48;
const SUBSTITUTIONS_MAX = 16;

let ranked: ZxcvbnFactory | undefined;

/**
 * Loaded and made when it is first asked: the lists take 9 MB, and ranking them is a tenth of what loading the product
 * takes. A worker never asks.
 */
function estimator(): ZxcvbnFactory {
  ranked ??= made();
  return ranked;
}

function made(): ZxcvbnFactory {
  const require = createRequire(import.meta.url);
  const { ZxcvbnFactory: Factory } = require('@zxcvbn-ts/core') as typeof import('@zxcvbn-ts/core');
  const { adjacencyGraphs, dictionary } =
    require('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common');
  return new Factory({
    dictionary,
    graphs: adjacencyGraphs,
    maxLength: ESTIMATED_CHARACTERS,
    l33tMaxSubstitutions: SUBSTITUTIONS_MAX,
  });
}

export type PasswordWeakness = 'common' | 'guessable';

/**
 * How a password would be guessed soon, or undefined. Compared with some 49,000 passwords of known leaks, words,
 * keyboard paths, dates, repeats and `words` of the person; one longer than 48 characters is not judged. Pure. Takes at
 * most some 25 ms.
 */
export function passwordWeakness(
  password: string,
  words: readonly string[] = [],
): PasswordWeakness | undefined {
  if (Array.from(password).length > ESTIMATED_CHARACTERS) return undefined;
  const { score, sequence } = estimator().check(password, [...words]);
  if (score >= SCORE_MIN) return undefined;
  const [only, ...more] = sequence;
  const isListed =
    more.length === 0 &&
    only?.pattern === 'dictionary' &&
    'dictionaryName' in only &&
    String(only.dictionaryName).startsWith('passwords');
  return isListed ? 'common' : 'guessable';
}
