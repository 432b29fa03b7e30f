import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium as playwright, type Browser as Chromium } from 'playwright-core';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Headless, without a sandbox of its own (tests run as root too), and silent: it calls nobody but the page under
 * test.
 */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium of this machine: `CHROME_PATH`, else the first on the PATH; undefined where there is none. */
export const chromium = findChromium(process.env);

/** What a page of it may take on a busy machine, in milliseconds. */
const PAGE_WITHIN_MS = 120_000;

/** Starts the Chromium of this machine. The caller closes it. Throws where there is none. */
export async function launchChromium(): Promise<Chromium> {
  if (!chromium) throw new Error('There is no Chromium on this machine. Install one, or set CHROME_PATH.');
  const browser = await playwright.launch({
    executablePath: chromium,
    args: CHROMIUM_FLAGS,
    timeout: PAGE_WITHIN_MS,
  });
  browser.on('context', (context) => context.setDefaultTimeout(PAGE_WITHIN_MS));
  return browser;
}

function findChromium({ CHROME_PATH, PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  const folders = PATH.split(delimiter).filter(Boolean);
  const places = folders.flatMap((folder) => CHROMIUM_NAMES.map((name) => join(folder, name)));
  return [...(CHROME_PATH ? [CHROME_PATH] : []), ...places].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Shown {
  status: number;
  html: string;
  headers: Headers;
}

/** Where the form of a page sends what is typed, and the browser stands then. */
export function actionIn(html: string): string {
  return /<form method="post" action="([^"]+)"/.exec(html)?.[1] ?? '';
}

/** As much of a browser as a page without scripts needs: it keeps cookies and sends the form it was shown. */
export class Browser {
  readonly cookies = new Map<string, string>();
  private hidden: Record<string, string> = {};

  /** `always` are headers of every request, as a proxy before us adds them. */
  constructor(
    private readonly url: string,
    private readonly always: Record<string, string> = {},
  ) {}

  async open(path: string, headers?: Record<string, string>): Promise<Shown> {
    return this.request(path, { headers });
  }

  /** Sends the form of the page it is on to the sign-in, with the hidden fields as they are unless given. */
  async submit(fields: Record<string, string>, action = '/auth/sign-in'): Promise<Shown> {
    return this.request(action, {
      method: 'POST',
      headers: { origin: this.url, accept: 'text/html' },
      body: new URLSearchParams({ ...this.hidden, ...fields }),
    });
  }

  private async request(path: string, init: RequestInit): Promise<Shown> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.url}${path}`, {
      ...init,
      redirect: 'manual',
      headers: { ...this.always, ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const html = await response.text();
    const inputs = html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g);
    this.hidden = Object.fromEntries([...inputs].map(([, name, value]) => [name!, value!]));
    return { status: response.status, html, headers: response.headers };
  }

  private keep(line: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    if (value === '') this.cookies.delete(name!);
    else this.cookies.set(name!, value!);
  }
}
