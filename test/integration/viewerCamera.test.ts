import assert from 'node:assert/strict';
import type { StructureToShow } from '../../scripts/support/viewerBrowser.ts';
import { bytes, experimentalPdb, pdbText, REMARK } from '../support/structureFiles.ts';
import { MODEL } from '../support/structuresToShow.ts';
import { viewerSuite } from '../support/viewerSuite.ts';

/** Applying a camera and reading it back costs the last digits. */
const rounded = (orientation: readonly number[] | undefined): readonly string[] | undefined =>
  orientation?.map((value) => value.toFixed(3));

/** Another structure, 300 Å away. */
const ELSEWHERE: StructureToShow = {
  fileName: 'other.pdb',
  format: 'pdb',
  bytes: bytes(
    experimentalPdb().replace(
      /^(ATOM .{24})(.{8})/gm,
      (_, head: string, x: string) => `${head}${(Number(x) + 300).toFixed(3).padStart(8)}`,
    ),
  ),
};

describe('the structure page and its camera', function () {
  this.timeout(240_000);
  const { viewer, open, drawn } = viewerSuite();
  afterEach(() => viewer.close());

  const orientation = async (): Promise<number[] | undefined> =>
    (await viewer.state())?.orientation as number[] | undefined;
  /** Waits until the remembered camera is another one. */
  const moved = async (from: readonly number[] | undefined): Promise<number[]> => {
    await viewer.page.waitForFunction((before) => {
      const { orientation } = JSON.parse(sessionStorage.getItem('state') ?? '{}');
      return orientation !== undefined && JSON.stringify(orientation) !== before;
    }, JSON.stringify(from));
    const found = await orientation();
    assert.ok(found);
    return found;
  };

  it('remembers camera, representation and colours when it is loaded again', async () => {
    await open();
    await viewer.show(MODEL);
    const start = await moved(undefined);
    await viewer.page.getByRole('radio', { name: 'Licorice' }).check();
    await drawn();
    await viewer.page.getByRole('combobox', { name: 'Colour' }).selectOption('chain');
    await drawn();
    await viewer.page.locator('.stage canvas').press('ArrowLeft');
    const turned = await moved(start);
    const before = await viewer.measure();

    await viewer.reload();
    await viewer.show(MODEL);
    assert.deepEqual(rounded(await orientation()), rounded(turned));
    assert.equal(await viewer.page.getByRole('radio', { name: 'Licorice' }).isChecked(), true);
    assert.equal(await viewer.page.getByRole('combobox', { name: 'Colour' }).inputValue(), 'chain');
    assert.deepEqual((await viewer.measure()).pixels, before.pixels);
    assert.deepEqual(viewer.complaints, []);
  });

  it('does not apply the camera of one structure to another', async () => {
    await open();
    await viewer.show(MODEL);
    const first = await moved(undefined);
    await viewer.show(ELSEWHERE);
    const second = await moved(first);
    assert.ok(Math.abs((second[12] ?? 0) - (first[12] ?? 0) + 300) < 20, 'looks at where the other one is');
    assert.ok((await viewer.measure()).pixels.other > 1000);
  });

  it('does not apply it either when it moves while the other one is drawn', async () => {
    await open({ width: 420, height: 300 });
    await viewer.show(MODEL);
    const first = await moved(undefined);
    await viewer.page.getByRole('button', { name: 'Spin' }).click();
    await viewer.page.getByRole('radio', { name: 'Surface' }).check();
    // A surface takes its time: the old one spins on meanwhile, and is remembered again and again.
    await viewer.show(ELSEWHERE);
    const second = await moved(first);
    assert.ok(Math.abs((second[12] ?? 0) - (first[12] ?? 0) + 300) < 20, 'looks at where the other one is');
    assert.ok((await viewer.measure()).pixels.other > 1000);
  });

  it('keeps the camera when the file changes on disk', async () => {
    await open();
    await viewer.show(MODEL);
    const start = await moved(undefined);
    await viewer.page.locator('.stage canvas').press('ArrowUp');
    const turned = await moved(start);
    await viewer.show({ ...MODEL, bytes: bytes(pdbText([REMARK], () => 30)) });
    assert.ok((await viewer.measure()).pixels.veryLow > 2000);
    assert.deepEqual(rounded(await orientation()), rounded(turned));
  });

  it('spins and stops', async () => {
    await open({ width: 420, height: 300 });
    await viewer.show(MODEL);
    const start = await moved(undefined);
    const spin = viewer.page.getByRole('button', { name: 'Spin' });
    await spin.click();
    assert.equal(await spin.getAttribute('aria-pressed'), 'true');
    const later = await moved(start);
    await moved(later);
    await spin.click();
    assert.equal(await spin.getAttribute('aria-pressed'), 'false');
    const [one, two] = [await viewer.measure(), await viewer.measure()];
    assert.deepEqual(one.pixels, two.pixels);
    assert.deepEqual(viewer.complaints, []);
  });

  it('resets the view', async () => {
    await open();
    await viewer.show(MODEL);
    const start = await moved(undefined);
    await viewer.page.locator('.stage canvas').press('+');
    await moved(start);
    await viewer.page.getByRole('button', { name: 'Reset view' }).click();
    await viewer.page.waitForFunction(
      (wanted) => JSON.stringify(JSON.parse(sessionStorage.getItem('state') ?? '{}').orientation) === wanted,
      JSON.stringify(start),
      { polling: 100 },
    );
  });
});
