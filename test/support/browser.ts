export interface Shown {
  status: number;
  html: string;
  headers: Headers;
}

/** As much of a browser as a page without scripts needs: it keeps cookies and sends the form it was shown. */
export class Browser {
  readonly cookies = new Map<string, string>();
  private hidden: Record<string, string> = {};

  constructor(private readonly url: string) {}

  async open(path: string, headers?: Record<string, string>): Promise<Shown> {
    return this.request(path, { headers });
  }

  /** Sends the form of the page it is on to the sign-in, with the hidden fields as they are unless given. */
  async submit(fields: Record<string, string>, action = '/auth/sign-in'): Promise<Shown> {
    return this.request(action, {
      method: 'POST',
      headers: { origin: this.url },
      body: new URLSearchParams({ ...this.hidden, ...fields }),
    });
  }

  private async request(path: string, init: RequestInit): Promise<Shown> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.url}${path}`, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) },
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
