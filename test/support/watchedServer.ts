// A local server with the test engine, as an editor finds it, and a witness of what the editor asks it.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Announcement } from '../../backend/local/dataDirectory.ts';
import { ServerProcess } from './serverProcess.ts';

export interface WatchedServer {
  /** The setting `foldpad.local.dataDirectory` that leads an editor to this server. */
  readonly folder: string;
  readonly server: ServerProcess;
  /** `GET /path?query` of every request that came through the witness, in order. */
  readonly requests: readonly string[];
  /** Whether the witness lets requests through; when not, it cuts the connection. */
  setReachable(reachable: boolean): void;
  stop(): Promise<void>;
}

/** @param parent an empty folder that holds the server's data and what leads to it */
export async function startWatchedServer(parent: string, args: readonly string[] = []): Promise<WatchedServer> {
  const server = await ServerProcess.start(path.join(parent, 'server'), args);
  const requests: string[] = [];
  let isReachable = true;
  const witness = createServer((incoming, answer) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    if (isReachable) forward(server.url, incoming, answer);
    else incoming.socket.destroy();
  });
  await new Promise<void>((resolve) => witness.listen(0, '127.0.0.1', resolve));
  const { port } = witness.address() as AddressInfo;
  const folder = path.join(parent, 'witness');
  mkdirSync(folder);
  cpSync(server.announcement.keyFile, path.join(folder, 'key'));
  const announcement: Announcement = {
    ...server.announcement,
    url: `http://127.0.0.1:${port}`,
    keyFile: path.join(folder, 'key'),
  };
  writeFileSync(path.join(folder, 'server.json'), JSON.stringify(announcement));
  return {
    folder,
    server,
    requests,
    setReachable: (reachable) => {
      isReachable = reachable;
    },
    stop: async () => {
      witness.closeAllConnections();
      witness.close();
      await server.stop();
    },
  };
}

function forward(url: string, incoming: IncomingMessage, answer: ServerResponse): void {
  const { host } = new URL(url);
  const headers = { ...incoming.headers, host };
  const onward = request(`${url}${incoming.url}`, { method: incoming.method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  onward.on('error', () => incoming.socket.destroy());
  incoming.pipe(onward);
}
