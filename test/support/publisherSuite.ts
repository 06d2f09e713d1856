import path from 'node:path';
import { DatabaseServer, publishAll } from './databaseServer.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A publisher of all databases, and where a test stages them. */
export interface Publisher {
  readonly server: DatabaseServer;
  readonly target: string;
  readonly staging: string;
}

/** Makes one for each test of the `describe` that calls it, and takes it away afterwards. */
export function publisherSuite(): Publisher {
  // One object for all tests, so that they can name it before there is any.
  const publisher = {} as Publisher;
  let home: ReturnType<typeof temporaryFolder>;

  beforeEach(async () => {
    const server = new DatabaseServer();
    publishAll(server);
    await server.start();
    home = temporaryFolder();
    const { folder } = home;
    Object.assign(publisher, {
      server,
      target: path.join(folder, 'databases'),
      staging: path.join(folder, 'staging'),
    } satisfies Publisher);
  });

  afterEach(async () => {
    await publisher.server.stop();
    home.remove();
  });

  return publisher;
}
