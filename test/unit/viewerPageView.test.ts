import assert from 'node:assert/strict';
import { UnreadableStructureError } from '../../webview/errors.ts';
import { PageView } from '../../webview/pageView.ts';
import type { StructureView } from '../../webview/structureView.ts';

/** A view that can be given back, and nothing else. */
const viewThat = (dispose: () => void): StructureView => ({ dispose }) as StructureView;

const container = {} as HTMLElement;

describe('the 3D view of a page', () => {
  it('is made once, and prepared before anybody gets it', async () => {
    const events: string[] = [];
    const view = viewThat(() => events.push('disposed'));
    const page = new PageView(
      container,
      async () => {
        events.push('made');
        return view;
      },
      () => events.push('prepared'),
    );
    const both = [page.get(), page.get()];
    assert.equal(page.current, undefined);
    assert.deepEqual(await Promise.all(both), [view, view]);
    assert.equal(page.current, view);
    page.dispose();
    assert.equal(page.current, undefined);
    assert.deepEqual(events, ['made', 'prepared', 'disposed']);
  });

  it('gives its graphics context back when the page goes away while it is made', async () => {
    const making = Promise.withResolvers<StructureView>();
    let disposed = 0;
    const page = new PageView(
      container,
      () => making.promise,
      () => assert.fail('nobody needs it any more'),
    );
    const asked = page.get();
    page.dispose();
    making.resolve(viewThat(() => disposed++));
    await asked;
    assert.equal(disposed, 1);
    assert.equal(page.current, undefined);
  });

  it('says that WebGL is missing, and tries again when it is asked again', async () => {
    const view = viewThat(() => {});
    const answers = [new Error('no context'), view];
    const page = new PageView(
      container,
      async () => {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer ?? assert.fail();
      },
      () => {},
    );
    await assert.rejects(
      page.get(),
      (error) => error instanceof UnreadableStructureError && /WebGL/.test(error.message),
    );
    assert.equal(await page.get(), view);
  });

  it('says what else it is that is missing', async () => {
    const problem = new UnreadableStructureError('A part could not be loaded.', 'Open it again.');
    const page = new PageView(
      container,
      () => Promise.reject(problem),
      () => {},
    );
    await assert.rejects(page.get(), problem);
  });
});
