import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Has the server close without waiting for those who keep a connection: while `isDraining`, each answer closes its
 * connection, and at the close of the listener connections that have never asked anything are ended. Node counts those
 * as busy for a minute.
 */
export function closeConnectionsInTime(fastify: FastifyInstance, isDraining: () => boolean): void {
  const silent = new Set<Socket>();
  fastify.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  fastify.server.on('request', ({ socket }: { socket: Socket }) => silent.delete(socket));
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (isDraining()) reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('preClose', (done) => {
    for (const socket of silent) socket.destroy();
    done();
  });
}
