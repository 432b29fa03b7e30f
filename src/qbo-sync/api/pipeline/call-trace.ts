import { AsyncLocalStorage } from 'node:async_hooks';

interface Trace {
  intuitTid?: string;
}

const traces = new AsyncLocalStorage<Trace>();

/** What some work came to, and Intuit's trace id of the last call it made: also a success has one that support asks for. */
export async function traced<T>(work: () => Promise<T>): Promise<{ result: T; intuitTid?: string }> {
  const trace: Trace = {};
  const result = await traces.run(trace, work);
  return { result, intuitTid: trace.intuitTid };
}

/** Notes the trace id of an answer for whoever asked for it by `traced`; of no effect where nobody did. */
export function noteTrace(intuitTid: string | undefined): void {
  const trace = traces.getStore();
  if (trace) trace.intuitTid = intuitTid;
}
