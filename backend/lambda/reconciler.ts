import { compose } from './compose.ts';
import { repairHandler } from './repair.ts';

/** Woken every few minutes. */
export const handler = repairHandler(compose('reconciler', process.env));
