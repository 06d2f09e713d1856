/** What must never reach a log: keys, signed links and addresses, sequences. */

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // The id is the public part of a key.
  [/\bfp_([a-z2-7]{12})_[A-Za-z0-9_-]{43}/g, 'fp_$1_…'],
  [/(\/shared\/)[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, '$1…'],
  [/([?&]X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']+/gi, '$1…'],
  [/\b(authorization["']?\s*[:=]\s*["']?)[^"',\s][^"',\n]*/gi, '$1…'],
  // Longer than any word in capitals, and most peptides that a message quotes to show a place.
  [/[ACDEFGHIKLMNPQRSTVWYXBZUO]{30,}/g, '[sequence]'],
];

/** Fields whose values are secrets or sequences, whatever they look like. */
const SECRET_FIELDS = /^(authorization|cookie|secret|token|sequence|x-amz-security-token)$/i;

/** The text with secrets and sequences taken out. */
export function redactText(text: string): string {
  return SECRETS.reduce((result, [pattern, instead]) => result.replace(pattern, instead), text);
}

/** As {@link redactText}, for every string in a value that JSON can hold; errors become their stack. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value instanceof Error) return redactText(value.stack ?? `${value.name}: ${value.message}`);
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [redactText(key), SECRET_FIELDS.test(key) ? '…' : redact(part)]),
  );
}
