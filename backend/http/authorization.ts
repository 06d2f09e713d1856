/** The key in an `Authorization` header: all of it, as in the article, or what follows `Bearer`. */
export function keyOf(authorization: string | undefined): string | undefined {
  const key = authorization?.trim().replace(/^Bearer\s+/i, '');
  return key || undefined;
}
