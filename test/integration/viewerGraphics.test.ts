import assert from 'node:assert/strict';
import { MODEL } from '../support/structuresToShow.ts';
import { viewerSuite } from '../support/viewerSuite.ts';

describe('the structure page and what draws for it', function () {
  this.timeout(240_000);
  const { viewer, open } = viewerSuite();
  afterEach(() => viewer.close());

  const loseContext = (): Promise<void> =>
    viewer.page.evaluate(() => {
      document
        .querySelector<HTMLCanvasElement>('.stage canvas')
        ?.getContext('webgl2')
        ?.getExtension('WEBGL_lose_context')
        ?.loseContext();
    });

  it('says so when the graphics driver takes the drawing away, and draws again', async () => {
    await open();
    for (let round = 0; round < 18; round++) {
      await viewer.show(MODEL);
      await loseContext();
      await viewer.page.getByText('The graphics driver closed this 3D drawing.').waitFor();
      await viewer.page.getByRole('button', { name: 'Draw again' }).click();
      await viewer.next('retry');
    }
    await viewer.show(MODEL);
    assert.ok((await viewer.measure()).pixels.veryHigh > 400);
    assert.equal(await viewer.page.locator('.stage canvas').count(), 1, 'nothing is left of the lost drawings');
    const tooMany = viewer.complaints.filter((text) => text.includes('Too many active WebGL contexts'));
    assert.deepEqual(tooMany, [], 'every lost context was given back');
  });

  it('goes on saying so when the drawing is taken away while a structure loads', async () => {
    await open();
    await viewer.show(MODEL);
    const next = {
      ...MODEL,
      type: 'structure',
      serial: 99,
      title: '',
      models: [{ label: '' }],
      selectedModel: 0,
      reloaded: false,
      canOpenAsText: false,
    } as const;
    // At once, so that it is certainly still loading.
    await Promise.all([viewer.send(next), loseContext()]);
    await viewer.page.getByText('The graphics driver closed this 3D drawing.').waitFor();
    // Long enough to load and to draw it.
    await viewer.page.waitForTimeout(3000);
    await viewer.page.getByRole('button', { name: 'Draw again' }).click();
    await viewer.next('retry');
    const again = await viewer.show({ ...MODEL, serial: 100 });
    assert.deepEqual([again.type, again.serial], ['shown', 100], 'what was loading never came');
    assert.ok((await viewer.measure()).pixels.veryHigh > 400);
  });

  it('says so when the window cannot draw in 3D', async () => {
    await open({ withoutWebGl: true });
    await viewer.page.getByRole('heading', { name: /WebGL 2 is missing/ }).waitFor();
    assert.match(await viewer.text('[role=alert]'), /hardware acceleration/);
  });

  it('says so when what draws in 3D could not be loaded', async () => {
    await open();
    await viewer.page.route('**/ngl.js', (route) => route.abort());
    await viewer.reload();
    await viewer.page.getByRole('heading', { name: /draws in 3D could not be loaded/ }).waitFor();
    assert.match(await viewer.text('[role=alert]'), /open the structure again/);
  });

  it('draws surfaces without workers where workers are forbidden', async () => {
    await open({ policy: "worker-src 'none'" });
    await viewer.show(MODEL);
    const cartoon = (await viewer.measure()).pixels;
    await viewer.page.getByRole('radio', { name: 'Surface' }).check();
    const surface = (await viewer.measure()).pixels;
    assert.ok(surface.background < cartoon.background, 'a surface hides more than a cartoon');
    assert.ok(surface.low > cartoon.low);
    assert.equal(viewer.page.workers().length, 0);
  });
});
