import 'reflect-metadata';
import { register } from 'prom-client';
import { vi } from 'vitest';

/**
 * Runs before each test file, for files share their worker's modules: counters start at 0, as in a process of its own,
 * and what the file before replaced and did not put back is put back.
 */
register.clear();
vi.restoreAllMocks();
