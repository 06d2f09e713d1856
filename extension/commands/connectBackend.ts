import type { Services } from './services.ts';

/** Shows the backends: to choose one, to add one, to change what is known of one. */
export async function connectBackend(services: Services): Promise<void> {
  const { chooseBackend } = await import(/* webpackChunkName: "connect" */ '../connection/connect/chooseBackend.ts');
  await chooseBackend(services);
}
