import { EntityManager } from 'typeorm';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { inOrganisation } from '../../src/platform/database/scope/scope.js';
import { QboClient } from '../../src/qbo-sync/api/qbo.client.js';

/** A service or repository whose every method works in an organisation, as a request of one of its people would. */
export function within<T extends object>(orgId: number, service: T): T {
  return entering(service, () => orgId);
}

/**
 * The application, whose services enter the organisation that a call names as its first argument (after a transaction):
 * its id, or something of it. Any other call is made as it is, so that it has to find its organisation itself.
 */
export function inNamedOrganisation(app: NestFastifyApplication): NestFastifyApplication {
  return new Proxy(app, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'get') return member.bind(target) as unknown;
      return (...given: unknown[]): unknown => {
        const service = Reflect.apply(member, target, given) as unknown;
        return isObject(service) ? entering(service, orgOf) : service;
      };
    },
  });
}

function entering<T extends object>(service: T, whose: (given: readonly unknown[]) => number | null): T {
  return new Proxy(service, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (target instanceof QboClient && isObject(member)) return entering(member, whose);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        const orgId = whose(given);
        const call = () => Reflect.apply(member, target, given) as unknown;
        return orgId === null ? call() : inOrganisation(orgId, call);
      };
    },
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function orgOf(given: readonly unknown[]): number | null {
  const [first] = given[0] instanceof EntityManager ? given.slice(1) : given;
  if (typeof first === 'number') return first;
  const named = typeof first === 'object' && first !== null && 'orgId' in first ? first.orgId : null;
  return typeof named === 'number' ? named : null;
}
