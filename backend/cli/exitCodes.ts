/** Exit codes of `foldpad`, for scripts. Documented in `docs/cli.md`; a number never changes its meaning. */
export const EXIT_CODES = {
  ok: 0,
  /** Something went wrong: a file cannot be read, a request is refused, a job has failed. */
  error: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** The engine's honest "cannot predict this": no template is good enough, or the sequence is not for this method. */
  cannotPredict: 3,
  /** Of several jobs or files, some failed. */
  someFailed: 4,
  /** No backend answers. */
  connection: 5,
  /** Ended by Ctrl+C (128 + 2). */
  interrupted: 130,
} as const;
