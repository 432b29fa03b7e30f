import { ROWS_PER_PAGE_MAX } from '../../api/mappers/queries/query.js';

const STEP = 10;
/** Pages share a row, so that one of them alone would not go on: shorter ones are read as `pageOfTwo` does. */
const LEAST_ROWS = 2;

/**
 * How many rows are asked for at once: fewer where as many are more than is taken in of one answer, and more again
 * after some pages, since a few long documents make no list of long ones.
 */
export class PageLength {
  rows = ROWS_PER_PAGE_MAX;
  private readSince = 0;

  /** False where the page cannot be shorter. */
  shorten(): boolean {
    if (this.rows === LEAST_ROWS) return false;
    this.rows = Math.max(LEAST_ROWS, Math.floor(this.rows / STEP));
    this.readSince = 0;
    return true;
  }

  noteRead(): void {
    this.readSince += 1;
    if (this.readSince < STEP) return;
    this.rows = Math.min(ROWS_PER_PAGE_MAX, this.rows * STEP);
    this.readSince = 0;
  }
}
