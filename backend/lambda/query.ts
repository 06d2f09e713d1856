import { compose } from './compose.ts';
import { httpHandler } from './http.ts';

/** Everything that only reads. */
export const handler = httpHandler(compose('query', process.env));
