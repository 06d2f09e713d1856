import { compose } from './compose.ts';
import { followHandler } from './follow.ts';

const composition = compose('tracker', process.env);

/** Woken by events of AWS Batch and of the runs. */
export const handler = followHandler({ ...composition, prefix: composition.settings.prefix });
