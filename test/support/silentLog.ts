import type { Logger } from '../../backend/core/ports.ts';

/** For tests in which nothing that is logged matters. */
export const silentLog: Logger = { info: () => {}, warn: () => {}, error: () => {} };
