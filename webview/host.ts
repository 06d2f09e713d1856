/** The editor on the other side of the page. */

import { type HostMessage, type PageMessage, parseHostMessage } from '../extension/structure/protocol.ts';
import { parseState, type ViewerState } from './state.ts';

/** What VS Code gives a page, once. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** Typed messages and state. */
export interface Host {
  post(message: PageMessage): void;
  /** Calls the listener with each message that passes the check; others are not for this page. */
  listen(listener: (message: HostMessage) => void): void;
  readState(): ViewerState;
  writeState(state: ViewerState): void;
}

/** Connects to the editor. Call it once: VS Code gives its API out a single time. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    listen: (listener) =>
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        const message = parseHostMessage(event.data);
        if (message) listener(message);
      }),
    readState: () => parseState(api.getState()),
    writeState: (state) => api.setState(state),
  };
}
