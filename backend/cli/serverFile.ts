import * as z from 'zod';

/** A server on this machine and nowhere else: the key is sent to this address. */
const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

const serverFileSchema = z.object({
  url: z.string().regex(LOOPBACK),
  keyFile: z.string().min(1),
  pid: z.number().int().min(2),
  version: z.string(),
});

/** `DIR/server.json`: how a running local backend says where it listens. */
export type RunningServer = z.infer<typeof serverFileSchema>;

/** @returns undefined for anything that is not a whole and sane file */
export function parseServerFile(text: string): RunningServer | undefined {
  try {
    return serverFileSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
