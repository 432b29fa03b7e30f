/** A sign-in of somebody of the office, as far as they know. */
export interface SignIn {
  accessToken: string;
  refreshToken: string;
  /** Refresh tokens that were exchanged, oldest first. */
  used: string[];
  /** `unknown` where the answer to what would have ended it was lost. */
  state: 'live' | 'over' | 'unknown';
  /** False once the answer of an exchange was lost: whoever asks again looks like a thief. */
  mayRefresh: boolean;
}

/** Somebody whom the office has hired. */
export interface Colleague {
  id: number;
  email: string;
  password: string;
  /** Of the second factor, once it is on; undefined where nobody knows whether it is. */
  secret: string | null | undefined;
  signIns: SignIn[];
  /** Does something already: nobody sits at two desks. */
  isBusy: boolean;
}

/** Something that no answer may do, at whatever moment. */
export interface Breach {
  law: string;
  what: string;
}
