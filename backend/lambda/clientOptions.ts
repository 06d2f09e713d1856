/**
 * Common to all SDK clients: a connection that hangs is given up well before the function's own time is over, and what
 * AWS throttles is asked again with growing pauses.
 */
export const CLIENT_OPTIONS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;
