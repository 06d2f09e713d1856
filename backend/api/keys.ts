/** Keys as people are shown them, and their shapes on the wire. */
import * as z from 'zod';
import { dropUndefined } from './optional.ts';

export const ROLES = ['user', 'admin'] as const;
/** A `user` sees and touches own jobs only, an `admin` all, and keys. */
export type Role = (typeof ROLES)[number];

/** A key without its secret. */
export interface KeyInfo {
  /** The public part of the key. */
  readonly id: string;
  readonly name: string;
  /** Whose jobs it sees. */
  readonly owner: string;
  readonly role: Role;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly revokedAt?: string;
  /** The last day of use known, `YYYY-MM-DD` UTC. */
  readonly lastUsedOn?: string;
}

export const wireKeyRequestSchema = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, { error: 'must say whose or what for the key is' })
      .max(100)
      .meta({ description: 'Whose or what for the key is; free text', example: 'Ada Lovelace, laptop' }),
    role: z
      .enum(ROLES)
      .optional()
      .meta({ description: '`user` (the default) sees own jobs, `admin` all, and may manage keys' }),
    owner: z.string().optional().meta({
      description: 'Whose jobs it sees; made of the name where absent. Keys of one owner see the same jobs',
      example: 'ada.lovelace',
    }),
  })
  .meta({ id: 'KeyRequest', description: 'A key to be made' });
export type WireKeyRequest = z.infer<typeof wireKeyRequestSchema>;

export const wireKeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    owner: z.string(),
    role: z.enum(ROLES),
    created_at: z.string(),
    revoked_at: z.string().optional(),
    last_used_on: z.string().optional(),
  })
  .meta({ id: 'Key', description: 'A key without its secret' });
export type WireKey = z.infer<typeof wireKeySchema>;

export const wireNewKeySchema = z.object({
  data: wireKeySchema,
  key: z.string().meta({ description: 'The key itself. It is told this once and kept nowhere' }),
});
export const wireOneKeySchema = z.object({ data: wireKeySchema });
export const wireKeysSchema = z.object({ data: z.array(wireKeySchema) });

export function keyToWire({ id, name, owner, role, createdAt, revokedAt, lastUsedOn }: KeyInfo): WireKey {
  return dropUndefined({
    id,
    name,
    owner,
    role,
    created_at: createdAt,
    revoked_at: revokedAt,
    last_used_on: lastUsedOn,
  });
}

export function keyFromWire({ created_at, revoked_at, last_used_on, ...key }: WireKey): KeyInfo {
  return dropUndefined({ ...key, createdAt: created_at, revokedAt: revoked_at, lastUsedOn: last_used_on });
}
