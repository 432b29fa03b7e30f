/** One line of the log, as an operator's tools read it. */
// oxlint-disable-next-line no-explicit-any -- a test reads the line as what it expects it to be
export type LogLine = any;

/** The JSON lines of what a process wrote; anything else, such as a warning of Node's, is left out. */
export function logLines(output: string): LogLine[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
