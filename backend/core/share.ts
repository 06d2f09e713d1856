/**
 * Links to one job's results for people without a key. The token names the job and when the link ends, signed with the
 * backend's share key: nothing is stored, and a link outlives every credential that a function is lent.
 */
import * as z from 'zod';
import { encodeText, fromBase64Url, toBase64Url } from './bytes.ts';

/** Days that a link works. */
export const SHARE_DAYS = 7;
/** Longer than any token that was signed here. */
const MAX_TOKEN_LENGTH = 500;

/** What a link gives access to. */
export interface Share {
  readonly jobId: string;
  /** ISO 8601 UTC; whole seconds count. */
  readonly expiresAt: string;
}

export type ShareVerdict =
  | { readonly ok: true; readonly share: Share }
  /** `expired` only for tokens that were signed here. */
  | { readonly ok: false; readonly reason: 'not-valid' | 'expired' };

/** `exp` in seconds since 1970. */
const payloadSchema = z.strictObject({ job: z.string(), exp: z.int().positive() });

/** When a link made now ends. */
export function shareExpiry(now: string): string {
  return new Date(Date.parse(now) + SHARE_DAYS * 24 * 3600 * 1000).toISOString();
}

/**
 * The token of a link: base64url of a JSON payload, a dot, base64url of its HMAC-SHA-256.
 *
 * @param key the backend's share key, 32 random bytes or more
 */
export async function signShare(key: Uint8Array, { jobId, expiresAt }: Share): Promise<string> {
  const payload = toBase64Url(encodeText(JSON.stringify({ job: jobId, exp: secondsOf(expiresAt) })));
  const signature = await crypto.subtle.sign('HMAC', await hmacKey(key), Uint8Array.from(encodeText(payload)));
  return `${payload}.${toBase64Url(new Uint8Array(signature))}`;
}

/**
 * What a token gives access to. The signature is compared in constant time, and nothing of an unsigned token is read.
 *
 * @param now ISO 8601 UTC
 */
export async function verifyShare(key: Uint8Array, token: string, now: string): Promise<ShareVerdict> {
  const [payload, signature, ...more] = token.length > MAX_TOKEN_LENGTH ? [] : token.split('.');
  const given = signature && fromBase64Url(signature);
  if (!payload || !given || more.length > 0) return { ok: false, reason: 'not-valid' };
  const signed = Uint8Array.from(encodeText(payload));
  if (!(await crypto.subtle.verify('HMAC', await hmacKey(key), Uint8Array.from(given), signed))) {
    return { ok: false, reason: 'not-valid' };
  }
  const checked = payloadSchema.safeParse(JSON.parse(new TextDecoder().decode(fromBase64Url(payload))));
  if (!checked.success) return { ok: false, reason: 'not-valid' };
  const { job, exp } = checked.data;
  if (secondsOf(now) >= exp) return { ok: false, reason: 'expired' };
  return { ok: true, share: { jobId: job, expiresAt: new Date(exp * 1000).toISOString() } };
}

function hmacKey(key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', Uint8Array.from(key), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
}

function secondsOf(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}
