import { text } from 'node:stream/consumers';
import type { ReadStream } from 'node:tty';

const ENTER = new Set(['\r', '\n', '\u0004']);
const ERASE = new Set(['\u007f', '\b']);
const CTRL_C = '\u0003';

const EXPOSED =
  'Warning: a password on the command line stays in the shell history, and others on this machine see it in the ' +
  'process list. Leave --password out to be asked for it, or send it on standard input.\n';

/**
 * The password a tool works with: the one given with `--password`, which warns on stderr; else typed twice at a
 * terminal without being shown; else the first line of standard input. Throws an Error where the two that were typed
 * differ or there is none.
 */
export async function readPassword(given: string | undefined): Promise<string> {
  if (given !== undefined) {
    process.stderr.write(EXPOSED);
    return given;
  }
  const password = process.stdin.isTTY ? await typedTwice(process.stdin) : await firstLine();
  if (password === '') throw new Error('There is no password: type it, or send it on standard input.');
  return password;
}

async function firstLine(): Promise<string> {
  const [line = ''] = (await text(process.stdin)).split('\n');
  return line.replace(/\r$/, '');
}

async function typedTwice(terminal: ReadStream): Promise<string> {
  const password = await typed(terminal, 'Password: ');
  if (password !== (await typed(terminal, 'The same once more: '))) {
    throw new Error('The two passwords differ; nothing was changed.');
  }
  return password;
}

/** One line typed at the terminal, with no letter of it shown. */
async function typed(terminal: ReadStream, prompt: string): Promise<string> {
  process.stderr.write(prompt);
  terminal.setRawMode(true);
  terminal.setEncoding('utf8').resume();
  try {
    return await new Promise((resolve, reject) => {
      let characters: string[] = [];
      const hear = (keys: string): void => {
        for (const key of keys) {
          if (key === CTRL_C) return end(() => reject(new Error('Nothing was changed.')));
          if (ENTER.has(key)) return end(() => resolve(characters.join('')));
          characters = ERASE.has(key) ? characters.slice(0, -1) : [...characters, key];
        }
      };
      const end = (answer: () => void): void => {
        terminal.off('data', hear);
        answer();
      };
      terminal.on('data', hear);
    });
  } finally {
    terminal.setRawMode(false);
    terminal.pause();
    process.stderr.write('\n');
  }
}
