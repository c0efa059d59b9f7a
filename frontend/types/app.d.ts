/** Shapes that the modules share. Those of the API come from `api.d.ts`, which is generated from `openapi.json`. */
import type { components, operations } from './api';
import type { OPERATIONS } from '../js/api.js';

export type Schemas = components['schemas'];
export type Order = Schemas['Order'];
export type Delivery = Schemas['Delivery'];
export type Restaurant = Schemas['Restaurant'];
export type Card = Schemas['Card'];
export type Menu = Schemas['Menu'];
export type Item = Schemas['Item'];
export type Quote = Schemas['Quote'];
export type Money = Schemas['Money'];
export type Place = Schemas['Place'];
export type Stop = Schemas['Stop'];
export type Session = Schemas['Session'];
export type Problem = Schemas['Problem'];
export type Role = 'customer' | 'merchant' | 'courier';

export interface Config {
  api: { base: string };
  operations?: Record<string, string>;
  area: { name: string; country: string; centre: Place; radius_m: number };
  payment_methods: { token: string; kind: string; label: string }[];
  payments_simulated: boolean;
  demo: boolean;
  build: string | null;
}

export interface Asked {
  path?: Record<string, string>;
  query?: Record<string, string | number | boolean | null | undefined>;
  /** An object, or the very text to send. */
  body?: unknown;
  /** The `Idempotency-Key`. */
  key?: string;
  /** What is known already: 304 and `data: null` if nothing changed. */
  etag?: string | null;
  signal?: AbortSignal;
}

export interface Failure {
  status?: number;
  code: string;
  problem?: Problem | null;
  retryAfterMs?: number;
  unknown?: boolean;
}

type Success<R> = { [S in keyof R]: S extends 200 | 201 ? (R[S] extends { content: { 'application/json': infer B } } ? B : null) : never }[keyof R];

export interface Answer<O extends keyof typeof OPERATIONS> {
  status: number;
  etag: string | null;
  /** `null` with 304 and 204. */
  data: O extends keyof operations ? Success<operations[O]['responses']> : any;
}

export interface Account {
  id: string;
  role: Role;
  name: string;
  email: string | null;
  /** Somebody with neither e-mail nor password: this browser's session is all that they are known by. */
  guest: boolean;
}

/** An action whose outcome is not known yet: sent again, it is the same request. */
export interface Action {
  key: string;
  operation: keyof typeof OPERATIONS;
  path: Record<string, string>;
  /** The very bytes. */
  body: string | null;
  /** When it was first sent, in milliseconds of the server's time. */
  at: number;
  /** What the page wants to remember with it. */
  about: Record<string, unknown>;
}
