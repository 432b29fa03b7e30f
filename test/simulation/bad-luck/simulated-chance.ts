import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { SeededRandom } from '../seeded-random.ts';

const real = {
  random: Math.random,
  randomUUID: crypto.randomUUID,
  randomBytes: crypto.randomBytes,
  randomInt: crypto.randomInt,
};

/** Everything in this process that chance decides, decided by a seed: names, keys, tokens and jitter. */
export class SimulatedChance {
  #random = new SeededRandom(0);

  install(): void {
    Math.random = () => this.#random.next();
    const bytes = (size: number): Buffer =>
      Buffer.from(Array.from({ length: size }, () => this.#random.between(0, 255)));
    const randomUUID = () => uuidOf(bytes(16));
    Object.defineProperty(globalThis.crypto, 'randomUUID', { value: randomUUID, configurable: true });
    Object.assign(crypto, {
      randomBytes: bytes,
      randomInt: (low: number, high?: number) =>
        high === undefined ? this.#random.between(0, low - 1) : this.#random.between(low, high - 1),
      randomUUID,
    });
    syncBuiltinESMExports();
  }

  uninstall(): void {
    const { random, ...ofCrypto } = real;
    Math.random = random;
    Object.assign(crypto, ofCrypto);
    Reflect.deleteProperty(globalThis.crypto, 'randomUUID'); // that of its prototype is there again
    syncBuiltinESMExports();
  }

  begin(seed: number): void {
    this.#random = new SeededRandom(seed);
  }
}

function uuidOf(bytes: Buffer): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
