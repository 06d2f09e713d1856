import type { Context, Hono } from 'hono';
import type { Principal } from '../core/deps.ts';

/** What the app's handlers find beside the request. */
export type Env = { Variables: { principal: Principal } };
export type App = Hono<Env>;
export type Ctx = Context<Env>;
