/** The work was not done in time; it may be done all the same a moment later. */
export class OverBudget extends Error {
  constructor(budgetMs: number) {
    super(`Not done within ${budgetMs} ms`);
    this.name = 'OverBudget';
  }
}

/**
 * Waits for a piece of work for so long, then throws OverBudget and lets it end unwatched. The work is given a way to
 * ask whether it is too late to begin.
 */
export async function withinBudget<T>(
  budgetMs: number,
  work: (isOver: () => boolean) => Promise<T>,
): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    reject(new OverBudget(budgetMs));
  }, budgetMs);
  try {
    return await Promise.race([work(() => isOver), over]);
  } finally {
    clearTimeout(timer);
  }
}
