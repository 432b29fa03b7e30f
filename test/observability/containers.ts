import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { ROOT } from './boards.js';

export interface Service {
  image: string;
  build?: { context: string; dockerfile: string; target: string };
  container_name?: string;
  user?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  profiles?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
  logging: { driver: string; options: Record<string, string> };
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
}

/**
 * The compose file with its merges done. There is no container engine in a test: what can be read is held to its
 * promises.
 */
export const compose = load(readFileSync(join(ROOT, 'docker/compose.yaml'), 'utf8'), {
  schema: CORE_SCHEMA.withTags(mergeTag),
}) as { services: Record<string, Service>; volumes: Record<string, null> };
export const services = Object.entries(compose.services).map(([name, service]) => ({ name, ...service }));
