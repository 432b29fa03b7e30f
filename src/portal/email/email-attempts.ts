const DELAYS_SECONDS = [10, 60, 300, 1_800, 7_200, 21_600];

/** When an e-mail that failed so many times is tried again; null where it is given up. The last try is some eight hours after the first. */
export function nextEmailAttempt(failures: number, now: Date): Date | null {
  const delay = DELAYS_SECONDS[failures - 1];
  return delay === undefined ? null : new Date(now.getTime() + delay * 1000);
}
