import { setSourceMapsSupport } from 'node:module';

// Loaded before everything else. The maps of our own files make stack traces readable; those of packages cost memory.
setSourceMapsSupport(true, { nodeModules: false });
