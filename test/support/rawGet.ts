import { request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Gets an address as it stands: `fetch` would resolve dots before it sends a path. */
export function rawGet(server: string, path: string, key?: string): Promise<RawAnswer> {
  const { hostname, port, pathname } = new URL(server);
  return new Promise((resolve, reject) => {
    const headers = key === undefined ? {} : { authorization: key };
    const sent = request({ hostname, port, path: pathname + path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end();
  });
}
