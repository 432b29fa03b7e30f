/** Where the product asks what time it is. One door, so that a test can live through a year. */
export abstract class Clock {
  /** This instant. */
  abstract now(): Date;
}
