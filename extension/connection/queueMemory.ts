/** Under what name the queue is remembered that was chosen last. */
export const QUEUE_MEMORY = 'foldpad.queue';
