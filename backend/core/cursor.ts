import { InvalidCursor } from './ports.ts';

/**
 * Cursors are opaque to clients: base64url of a JSON array that starts with the kind of cursor, so that a cursor of one
 * list is never taken for one of another.
 */
export function encodeCursor(kind: string, parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([kind, ...parts])).toString('base64url');
}

/** @returns what {@link encodeCursor} was given, not yet checked @throws InvalidCursor */
export function decodeCursor(kind: string, cursor: string): readonly unknown[] {
  const bytes = Buffer.from(cursor, 'base64url');
  // Buffer.from skips what is not base64url; a cursor that was cut or altered must not pass as another.
  if (bytes.toString('base64url') === cursor) {
    try {
      const decoded: unknown = JSON.parse(bytes.toString('utf8'));
      if (Array.isArray(decoded) && decoded[0] === kind) return decoded.slice(1);
    } catch {
      // Falls through to the one answer that a client needs.
    }
  }
  throw invalidCursor();
}

export function invalidCursor(): InvalidCursor {
  return new InvalidCursor('The cursor is not one that this backend gave out. Start again without one.');
}
