/** A control request the sandbox refused; `code` is QBO's own when the books refused it. */
export class SandboxRefusal extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, error: { message?: string; detail?: string; code?: string }) {
    super([error.code, error.message, error.detail].filter(Boolean).join(' '));
    this.status = status;
    this.code = error.code;
  }
}

/** One control request to a running sandbox; `path` is below `/sandbox`. Throws `SandboxRefusal`. */
export async function controlRequest<T>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${url}/sandbox${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { error?: { message?: string; detail?: string; code?: string } };
  if (!response.ok) throw new SandboxRefusal(response.status, answer.error ?? {});
  return answer as T;
}
