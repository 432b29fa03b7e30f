import { duplicateRequestId } from '../books/fault.ts';
import type { Switches } from '../switches.ts';
import type { ApiResponse } from './api-response.ts';

interface Remembered {
  answer: ApiResponse;
  body: string;
  at: number;
}

/**
 * The answers given to requests that carried a `requestid`, per realm. A repeat gets the first answer again
 * and changes nothing, even when what the first one made has been deleted since. How long, and what else is
 * remembered, is not documented: see the switches.
 */
export class RequestIds {
  readonly #remembered = new Map<string, Remembered>();

  /** The first answer, if this id was answered before. Throws fault 600 where another body is refused. */
  replay(realm: string, id: string, body: string, now: number, switches: Switches): ApiResponse | undefined {
    const known = this.#remembered.get(`${realm}|${id}`);
    if (!known || switches.requestIdMode === 'ignore') return undefined;
    if (now - known.at >= switches.requestIdMemoryMs) return undefined;
    if (switches.requestIdOtherBody === '600' && known.body !== body) throw duplicateRequestId(id);
    return known.answer;
  }

  remember(
    realm: string,
    id: string,
    body: string,
    answer: ApiResponse,
    now: number,
    switches: Switches,
  ): void {
    const succeeded = answer.status >= 200 && answer.status < 300;
    const refused = answer.status >= 400 && answer.status < 500;
    if (!succeeded && !(refused && switches.requestIdKeepsRefusals)) return;
    this.#remembered.set(`${realm}|${id}`, { answer, body, at: now });
  }

  /**
   * Forgets everything, or one realm's ids: what a client must survive after the undocumented retention ran
   * out.
   */
  forget(realm?: string): void {
    for (const key of this.#remembered.keys()) {
      if (realm === undefined || key.startsWith(`${realm}|`)) this.#remembered.delete(key);
    }
  }
}
