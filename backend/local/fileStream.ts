import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;

/**
 * A file as a stream of exactly `size` bytes. The file is opened when the first bytes are asked for, so that a stream
 * that nobody reads holds nothing open.
 */
export function streamFile(file: string, size: number): ReadableStream<Uint8Array> {
  let handle: FileHandle | undefined;
  let position = 0;
  const close = async (): Promise<void> => {
    await handle?.close();
    handle = undefined;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (position >= size) {
          await close();
          controller.close();
          return;
        }
        try {
          handle ??= await open(file, 'r');
          const buffer = new Uint8Array(Math.min(CHUNK_BYTES, size - position));
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
          if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`);
          position += bytesRead;
          controller.enqueue(buffer.subarray(0, bytesRead));
        } catch (error) {
          await close();
          throw error;
        }
        if (position >= size) {
          await close();
          controller.close();
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
