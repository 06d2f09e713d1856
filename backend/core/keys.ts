/**
 * Keys of a backend with several users. A key is `fp_<id>_<secret>`: the id finds the record, the secret proves that the
 * caller has the key. Only the SHA-256 of the secret is kept: 256 random bits cannot be guessed back from it, so that
 * no slow password hash is needed.
 */
import { problem } from '../api/problem.ts';
import { encodeText, sha256, toBase64Url } from './bytes.ts';
import type { CoreDeps, Principal } from './deps.ts';
import type { KeyRecord, KeyStore } from './ports.ts';

/** What a new key is to be. */
export interface KeyRequest {
  /** Whose or what for; free text. */
  readonly name: string;
  readonly role: Principal['role'];
  /** Whose jobs it sees; made of the name where absent. Keys of one owner see the same jobs. */
  readonly owner?: string;
}

/** A new key. `text` is the whole key, which nobody can tell again. */
export interface NewKey {
  readonly text: string;
  readonly record: KeyRecord;
}

/** Twelve letters of a base-32 alphabet: no sign that a shell or an option parser could misread. */
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_LENGTH = 12;
const SECRET_BYTES = 32;
const KEY_PATTERN = /^fp_([a-z2-7]{12})_([A-Za-z0-9_-]{43})$/;
/** Also the name of a share of Batch's fair-share queues and the value of a cost tag. */
export const OWNER_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** Makes a key with random id and secret; storing the record is up to the caller. */
export async function makeKey({ name, role, owner }: KeyRequest, now: string): Promise<NewKey> {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(ID_LENGTH)), (byte) => ID_ALPHABET[byte % 32]).join('');
  const secret = toBase64Url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
  const record = {
    id,
    secretHash: await sha256(encodeText(secret)),
    name,
    owner: ownerOf(owner ?? name, owner === undefined),
    role,
    createdAt: now,
  };
  return { text: `fp_${id}_${secret}`, record };
}

/** The public part of a key's text, for logs; `undefined` for what is no key. */
export function keyIdOf(text: string): string | undefined {
  return KEY_PATTERN.exec(text)?.[1];
}

/** What {@link checkKey} found; `reason` is for logs, not for the caller. */
export type KeyVerdict =
  | { readonly ok: true; readonly principal: Principal; readonly keyId: string }
  | {
      readonly ok: false;
      readonly reason: 'malformed' | 'unknown' | 'wrong secret' | 'revoked';
      readonly keyId?: string;
    };

/**
 * Whether a text is a key that may be used.
 *
 * @param isSame compares two byte strings of one length in a time that tells nothing (`timingSafeEqual`)
 * @param now ISO 8601 UTC; the first use of a day is noted
 */
export async function checkKey(
  store: Pick<KeyStore, 'find' | 'noteUse'>,
  text: string,
  now: string,
  isSame: (a: Uint8Array, b: Uint8Array) => boolean,
): Promise<KeyVerdict> {
  const [, keyId, secret] = KEY_PATTERN.exec(text) ?? [];
  if (keyId === undefined || secret === undefined) return { ok: false, reason: 'malformed' };
  const record = await store.find(keyId);
  if (!record) return { ok: false, reason: 'unknown', keyId };
  const given = encodeText(await sha256(encodeText(secret)));
  const kept = encodeText(record.secretHash);
  if (given.length !== kept.length || !isSame(given, kept)) return { ok: false, reason: 'wrong secret', keyId };
  if (record.revokedAt !== undefined) return { ok: false, reason: 'revoked', keyId };
  const today = now.slice(0, 10);
  if (record.lastUsedOn !== today) await store.noteUse(keyId, today);
  return { ok: true, keyId, principal: { owner: record.owner, role: record.role } };
}

/** Makes and stores a key. @throws ProblemError `forbidden`, `not-found`, `invalid-request` */
export async function createKey(deps: CoreDeps, principal: Principal, request: KeyRequest): Promise<NewKey> {
  const store = storeFor(deps, principal);
  const key = await makeKey(request, deps.clock.now());
  await store.create(key.record);
  const { id, owner, role } = key.record;
  deps.log.info('key created', { keyId: id, owner, role, by: principal.owner });
  return key;
}

/** All keys, newest first. @throws ProblemError `forbidden`, `not-found` */
export async function listKeys(deps: CoreDeps, principal: Principal): Promise<readonly KeyRecord[]> {
  return storeFor(deps, principal).list();
}

/** Ends a key; it is refused everywhere within a minute. @throws ProblemError `forbidden`, `not-found` */
export async function revokeKey(deps: CoreDeps, principal: Principal, id: string): Promise<KeyRecord> {
  const revoked = await storeFor(deps, principal).revoke(id, deps.clock.now());
  if (!revoked) throw problem('not-found', 'There is no key with this id. GET /keys lists the keys there are.');
  deps.log.info('key revoked', { keyId: id, by: principal.owner });
  return revoked;
}

function storeFor({ keys }: CoreDeps, { role }: Principal): KeyStore {
  if (!keys) {
    throw problem(
      'not-found',
      'This backend has one user and one key, which is in a file of its data directory; there are no keys to manage.',
    );
  }
  if (role !== 'admin') throw problem('forbidden', 'Only an admin may manage keys. Ask one, or use an admin’s key.');
  return keys;
}

function ownerOf(text: string, isName: boolean): string {
  const owner = isName
    ? text
        .normalize('NFKD')
        .toLowerCase()
        .replace(/\p{M}/gu, '')
        .replace(/[^a-z0-9._@-]+/g, '-')
        .replace(/^[^a-z0-9]+|-+$/g, '')
        .slice(0, 64)
    : text;
  if (OWNER_PATTERN.test(owner)) return owner;
  const message = isName
    ? 'no owner can be made of this name'
    : 'must have 1 to 64 letters, digits, ".", "_", "@" or "-", and begin with a letter or digit';
  const remedy = 'Give "owner", for example "ada.lovelace".';
  throw problem('invalid-request', `owner: ${message}. ${remedy}`, [{ field: 'owner', message, remedy }]);
}
