import fc from 'fast-check';

/**
 * Runs before each file of tests: what is drawn by chance is the same in every run, so that a run that fails fails
 * again, and one that passed passes where it is repeated. `PROPERTY_SEED` draws something else.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.PROPERTY_SEED ?? 20_261_127) });
