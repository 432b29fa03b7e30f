import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** The longest a connection may take to come about, TLS included. */
export const CONNECT_TIMEOUT_MS = 5_000;

/** The code of the error that ends a request whose connection took too long. Nothing of it was sent. */
export const CONNECT_TIMEOUT = 'ERR_CONNECT_TIMEOUT';

/** As much of node:http and node:https as axios uses of a transport. */
export interface Transport {
  request(
    options: http.RequestOptions,
    answered: (response: http.IncomingMessage) => void,
  ): http.ClientRequest;
}

/**
 * Sends requests as Node does, but gives a connection up that does not come about within `timeoutMs`. Without that the
 * total time limit ends it, and then it is unknown whether a write was sent.
 */
export function connectingWithin(timeoutMs: number): Transport {
  return {
    request(options, answered) {
      const request = (options.protocol === 'https:' ? https : http).request(options, answered);
      request.once('socket', (socket) => watch(request, socket, timeoutMs));
      return request;
    },
  };
}

function watch(request: http.ClientRequest, socket: Socket, timeoutMs: number): void {
  const secured = (socket as Partial<TLSSocket>).encrypted === true;
  // A socket that is used again is connected already.
  if (request.reusedSocket) return;
  const timer = setTimeout(() => {
    request.destroy(
      Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: CONNECT_TIMEOUT }),
    );
  }, timeoutMs);
  socket.once(secured ? 'secureConnect' : 'connect', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
}
