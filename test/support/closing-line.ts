import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Tests that may need a second try in one run; more are a fault of the product or of the tests. */
export const SECOND_TRIES_ALLOWED = 3;

/**
 * Ends a run with one plain line, `N passed, N failed`, and names what was not run and what passed only at its second
 * try, with the first try's error: each is a fault to look into. More of them than are allowed fail the run.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const twice = tests.filter((test) => test.diagnostic()?.flaky);
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    for (const test of skipped) process.stdout.write(`Not run: ${test.fullName}\n`);
    for (const test of twice) process.stdout.write(`${secondTry(test)}\n`);
    const parts = [
      `${count('passed')} passed, ${count('failed') + broken} failed`,
      ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
      ...(twice.length > 0 ? [`${twice.length} passed only at the second try`] : []),
    ];
    if (twice.length > SECOND_TRIES_ALLOWED) {
      process.stdout.write(
        `More than ${SECOND_TRIES_ALLOWED} tests needed a second try: the run has failed.\n`,
      );
      process.exitCode = 1;
    }
    process.stdout.write(`${parts.join(', ')}\n`);
  }
}

function secondTry(test: TestCase): string {
  const [first] = test.result().errors ?? [];
  const why = first?.message.split('\n')[0] ?? 'its error is not known';
  return `Passed only at the second try: ${test.module.relativeModuleId} > ${test.fullName}: ${why}`;
}
