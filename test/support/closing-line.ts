import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line, `N passed, N failed`, and names what was not run. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    for (const test of skipped) process.stdout.write(`Not run: ${test.fullName}\n`);
    const closing = `${count('passed')} passed, ${count('failed') + broken} failed`;
    process.stdout.write(`${closing}${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`);
  }
}
