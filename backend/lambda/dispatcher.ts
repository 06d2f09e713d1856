import { compose } from './compose.ts';
import { dispatchHandler } from './dispatch.ts';

/** Woken by messages in the work queue. */
export const handler = dispatchHandler({ ...compose('dispatcher', process.env), now: Date.now });
