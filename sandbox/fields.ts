/** A control or form body that does not say what the route needs; answered with 400 and this message. */
export class BadField extends Error {
  readonly statusCode = 400;
}

/**
 * Reads named fields out of a JSON or form body. What is present must have the right type, else `BadField`
 * names it.
 */
export class Fields {
  readonly #values: Record<string, unknown>;

  constructor(body: unknown) {
    if (body === null || body === undefined) this.#values = {};
    else if (typeof body === 'object' && !Array.isArray(body)) this.#values = { ...body };
    else throw new BadField('the body must be an object');
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  raw(name: string): unknown {
    return this.#values[name];
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined || value === '') throw new BadField(`${name} is required`);
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw new BadField(`${name} must be a string`);
    return value;
  }

  /** A number, or digits from a form; within `min` and `max`, both included. */
  optionalNumber(name: string, min = 0, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null || value === '') return undefined;
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number !== 'number' || !(number >= min && number <= max))
      throw new BadField(`${name} must be a number from ${min} to ${max}`);
    return number;
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'boolean') throw new BadField(`${name} must be true or false`);
    return value;
  }

  optionalChoice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.optionalText(name);
    if (value === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw new BadField(`${name} must be one of ${choices.join(', ')}`);
    return choice;
  }

  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const choice = this.optionalChoice(name, choices);
    if (choice === undefined) throw new BadField(`${name} must be one of ${choices.join(', ')}`);
    return choice;
  }
}
