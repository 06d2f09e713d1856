import { compose } from './compose.ts';
import { httpHandler } from './http.ts';

/** Everything that changes something: submitting, cancelling, deleting, managing keys. */
export const handler = httpHandler(compose('command', process.env));
