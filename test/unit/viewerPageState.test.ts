import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Host } from '../../webview/host.ts';
import { PageState } from '../../webview/pageState.ts';
import { INITIAL_STATE, type ViewerState } from '../../webview/state.ts';
import type { Orientation } from '../../webview/structureView.ts';

/** Longer than a moving camera waits until it is remembered (ms). */
const REMEMBERED_MS = 400;

const camera = (seed: number): Orientation => Array.from({ length: 16 }, (_, index) => seed + index);

const message = (selectedModel: number) =>
  ({
    type: 'structure',
    serial: selectedModel,
    title: 'T',
    fileName: 'a.pdb',
    format: 'pdb',
    models: [{ label: 'Rank 1' }, { label: 'Rank 2' }],
    selectedModel,
    reloaded: false,
    canOpenAsText: false,
  }) as const;

function stateThat(writes: ViewerState[]): PageState {
  const host: Host = {
    post: () => {},
    listen: () => {},
    readState: () => INITIAL_STATE,
    writeState: (state) => writes.push(state),
  };
  return new PageState(host);
}

describe('what a page remembers of its camera', () => {
  it('is that of the shown structure, not where the last one was seen from until the camera is placed', async () => {
    const writes: ViewerState[] = [];
    const state = stateThat(writes);
    state.adopt(message(0));
    state.placed();
    state.rememberSoon(() => camera(1));
    await wait(REMEMBERED_MS);
    assert.deepEqual(state.current.orientation, camera(1));

    state.adopt(message(1));
    // It spins while the next one is drawn.
    state.rememberSoon(() => camera(2));
    await wait(REMEMBERED_MS);
    assert.equal(state.current.orientation, undefined);
    assert.equal(writes.at(-1)?.orientation, undefined);

    state.placed();
    state.rememberSoon(() => camera(3));
    await wait(REMEMBERED_MS);
    assert.deepEqual(writes.at(-1)?.orientation, camera(3));
  });

  it('does not take the place of a camera that was meant for the next structure', async () => {
    const state = stateThat([]);
    state.adopt(message(0));
    state.placed();
    state.rememberSoon(() => camera(2));
    state.seeNext(1, camera(9));
    state.adopt(message(1));
    await wait(REMEMBERED_MS);
    assert.deepEqual(state.current.orientation, camera(9));
  });
});
