const NEEDED = { major: 22, minor: 18 };

/** Why the program does not run on a version of Node.js such as `20.20.2`; null where it does. Pure. */
export function nodeProblem(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NEEDED.major || (major === NEEDED.major && minor >= NEEDED.minor)) return null;
  return `it needs Node.js ${NEEDED.major}.${NEEDED.minor} or newer, and this is ${version}`;
}
