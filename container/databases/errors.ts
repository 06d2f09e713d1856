/** What was downloaded is not what was published: it has to be fetched again. */
export class CorruptDownload extends Error {
  override readonly name = 'CorruptDownload';
}

/** The job cannot go on; the message says why and what to do. */
export class StagingError extends Error {
  override readonly name = 'StagingError';
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
