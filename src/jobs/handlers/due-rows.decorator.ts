import { SetMetadata } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JobRef } from '../queue/queue-payloads.js';

export const DUE_ROWS = 'jobs:due-rows';

/**
 * The jobs of the rows that are due and held by nobody, the most urgent first. It is asked outside of a transaction, by
 * `manager`: what it writes, as rows that are due no more, is right by itself.
 */
export type ListDueRows = (manager: EntityManager, limit: number) => Promise<JobRef[]>;

type MethodOfTable = <List extends ListDueRows>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<List>,
) => void;

/**
 * Has a method say which rows of a table stand for work that is due: the net under the queues asks it every five
 * seconds. `table` is its name; with the column that says so, where other columns of it stand for other work.
 */
export const DueRows = (table: string): MethodOfTable => SetMetadata(DUE_ROWS, table);
