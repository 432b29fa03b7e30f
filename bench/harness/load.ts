import { timed } from './clock.ts';
import { readable } from './figures.ts';
import type { Program } from './program.ts';
import type { Stage } from './stage.ts';
import { cpuSeconds, familyCpuSeconds } from './usage.ts';

/** Seconds of processor time that each part of a stage used. */
export type Load = Record<'workers' | 'API' | 'PostgreSQL' | 'sandbox' | 'bench', number>;

/** Does the work and says how long it took and what it cost each process; null where that cannot be known. */
export async function loadOf<T>(
  stage: Stage,
  workers: readonly Program[],
  work: () => Promise<T>,
): Promise<{ result: T; ms: number; load: Load | null }> {
  const before = usedBy(stage, workers);
  const { result, ms } = await timed(work);
  const after = usedBy(stage, workers);
  if (!before || !after) return { result, ms, load: null };
  const parts = Object.entries(after) as [keyof Load, number][];
  return {
    result,
    ms,
    load: Object.fromEntries(parts.map(([part, used]) => [part, used - before[part]])) as Load,
  };
}

function usedBy({ api, postgres, sandbox }: Stage, workers: readonly Program[]): Load | null {
  const used = {
    workers: sumOrNull(workers.map(({ pid }) => cpuSeconds(pid))),
    API: cpuSeconds(api.pid),
    PostgreSQL: familyCpuSeconds(postgres.pid),
    sandbox: cpuSeconds(sandbox.pid),
    bench: cpuSeconds(process.pid),
  };
  return Object.values(used).includes(null) ? null : (used as Load);
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
}

/** `took 3.1 s, in which the workers were busy 1.2 s, …`; just the time where no more is known. Pure. */
export function loadText(wallMs: number, load: Load | null): string {
  const took = `took ${readable(wallMs / 1000)} s`;
  if (!load) return took;
  const parts = Object.entries(load).map(([part, seconds]) => `${part} ${readable(seconds)} s`);
  return `${took}; processor time: ${parts.join(', ')}`;
}
