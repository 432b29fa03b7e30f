import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/** What the product's own classes are called, and those of the libraries that remember something. */
const REMEMBERS = /(Service|Client|Repository|Guard|Controller|Filter|Interceptor)$/;

/**
 * Takes down what the services of a process remember right after its start; what is answered brings them back to it.
 * So a process that was killed starts again without the half second that this takes: fields have the values, and maps
 * and sets the entries, that they had at the start.
 */
export function memoryOf(app: INestApplication): () => void {
  const restores: (() => void)[] = [];
  for (const instance of instancesOf(app)) {
    const fields = { ...instance };
    restores.push(() => {
      for (const name of Object.keys(instance)) if (!(name in fields)) Reflect.deleteProperty(instance, name);
      Object.assign(instance, fields);
    });
    for (const value of Object.values(fields)) {
      if (value instanceof Map) restores.push(restoreMap(value));
      else if (value instanceof Set) restores.push(restoreSet(value));
    }
  }
  return () => restores.forEach((restore) => restore());
}

function instancesOf(app: INestApplication): Set<Record<string, unknown>> {
  const modules = [...app.get(ModulesContainer).values()];
  const wrappers = modules.flatMap(({ providers, controllers }) => [
    ...providers.values(),
    ...controllers.values(),
  ]);
  const instances = wrappers.map(({ instance }) => instance as Record<string, unknown> | null);
  return new Set(
    instances.filter((one) => one !== null && REMEMBERS.test(one?.constructor?.name ?? '')) as Record<
      string,
      unknown
    >[],
  );
}

function restoreMap(map: Map<unknown, unknown>): () => void {
  const entries = [...map];
  return () => {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  };
}

function restoreSet(set: Set<unknown>): () => void {
  const entries = [...set];
  return () => {
    set.clear();
    for (const entry of entries) set.add(entry);
  };
}
