import { getMetadataStorage } from 'class-validator';

/** How a description calls what a rule of a field says. */
const BOUNDS = {
  min: 'minimum',
  max: 'maximum',
  minLength: 'minLength',
  maxLength: 'maxLength',
  arrayMinSize: 'minItems',
  arrayMaxSize: 'maxItems',
} as const;

interface Bound {
  schema: string;
  field: string;
  bound: (typeof BOUNDS)[keyof typeof BOUNDS];
  limit: number;
}

interface Rules {
  validationMetadatas: Map<
    { name: string },
    { name?: string; propertyName: string; constraints?: unknown[] }[]
  >;
}

/** Every length and limit that the fields of bodies and queries are checked by. */
export function boundsOfBodies(): Bound[] {
  const { validationMetadatas } = getMetadataStorage() as unknown as Rules;
  return [...validationMetadatas].flatMap(([{ name: schema }, rules]) =>
    rules.flatMap(({ name = '', propertyName, constraints = [] }) => {
      const limit = constraints[0];
      return name in BOUNDS && typeof limit === 'number'
        ? [{ schema, field: propertyName, bound: BOUNDS[name as keyof typeof BOUNDS], limit }]
        : [];
    }),
  );
}
