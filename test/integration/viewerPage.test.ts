import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import {
  type StructureToShow,
  startViewerBrowser,
  type ViewerBrowser,
  type ViewerPage,
} from '../../scripts/support/viewerBrowser.ts';
import { experimentalPdb, fourBands, pdbText, REMARK, RESIDUES } from '../support/structureFiles.ts';

const SHOTS = new URL('../e2e/shots/', import.meta.url);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const MODEL: StructureToShow = { fileName: 'model.pdb', format: 'pdb', bytes: bytes(pdbText([REMARK], fourBands)) };

/** Applying a camera and reading it back costs the last digits. */
const rounded = (orientation: readonly number[] | undefined): readonly string[] | undefined =>
  orientation?.map((value) => value.toFixed(3));

type State = { orientation?: number[]; representation: string; coloring?: string; spin: boolean };

describe('the structure page', function () {
  this.timeout(240_000);
  let browser: ViewerBrowser;
  let viewer: ViewerPage;

  before(async () => {
    mkdirSync(SHOTS, { recursive: true });
    browser = await startViewerBrowser();
  });
  after(() => browser.close());
  afterEach(() => viewer.close());

  const open = async (options?: Parameters<ViewerBrowser['open']>[0]): Promise<void> => {
    viewer = await browser.open(options);
  };
  const shot = async (name: string): Promise<void> => {
    await viewer.page.screenshot({ path: new URL(`viewer-${name}.png`, SHOTS).pathname });
  };
  const drawn = async (): Promise<void> => {
    await viewer.page.locator('.overlay').waitFor({ state: 'hidden' });
  };
  const state = async (): Promise<State> => (await viewer.state()) as unknown as State;
  /** Waits until the remembered camera is another one. */
  const moved = async (from: readonly number[] | undefined): Promise<number[]> => {
    await viewer.page.waitForFunction((before) => {
      const { orientation } = JSON.parse(sessionStorage.getItem('state') ?? '{}');
      return orientation !== undefined && JSON.stringify(orientation) !== before;
    }, JSON.stringify(from));
    const { orientation } = await state();
    assert.ok(orientation);
    return orientation;
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
    assert.deepEqual(rounded((await state()).orientation), rounded(turned));
    assert.equal(await viewer.page.getByRole('radio', { name: 'Licorice' }).isChecked(), true);
    assert.equal(await viewer.page.getByRole('combobox', { name: 'Colour' }).inputValue(), 'chain');
    assert.deepEqual((await viewer.measure()).pixels, before.pixels);
    assert.deepEqual(viewer.complaints, []);
  });

  it('does not apply the camera of one structure to another', async () => {
    await open();
    await viewer.show(MODEL);
    const first = await moved(undefined);
    const shifted = experimentalPdb().replace(
      /^(ATOM .{24})(.{8})/gm,
      (_, head: string, x: string) => `${head}${(Number(x) + 300).toFixed(3).padStart(8)}`,
    );
    await viewer.show({ fileName: 'other.pdb', format: 'pdb', bytes: bytes(shifted) });
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
    assert.deepEqual(rounded((await state()).orientation), rounded(turned));
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

  it('saves a picture of exactly the size asked for, with words in it', async () => {
    await open({ width: 700, height: 400 });
    await viewer.show({ ...MODEL, title: 'CsdE · Größe', fileName: 'csde.cif.gz', format: 'pdb' });
    await viewer.page.getByRole('button', { name: 'Save picture…' }).click();
    await shot('save-picture');
    await viewer.page.getByLabel('With legend').uncheck();
    await viewer.page.getByLabel('Size').selectOption('w2126');
    await viewer.page.getByRole('button', { name: 'Save…', exact: true }).click();
    const message = await viewer.next('save-file');
    assert.equal(message.fileName, 'csde-cartoon-confidence.png');
    const buffer = Buffer.from(message.bytes);
    const { width, height, data } = PNG.sync.read(buffer);
    const stage = await viewer.page.locator('.stage canvas').boundingBox();
    assert.ok(stage);
    assert.equal(width, 2126);
    assert.ok(Math.abs(height - (2126 * stage.height) / stage.width) <= 1.5, `${height}`);
    const colors = new Set<number>();
    for (let at = 0; at < data.length; at += 4) colors.add(data.readUInt32BE(at));
    assert.ok(colors.size > 1000, 'a shaded molecule has many colours');
    assert.ok(buffer.includes(Buffer.from('Title\0\0\0\0\0CsdE · Größe', 'utf8')));
    assert.ok(buffer.includes(Buffer.from('Coloured by Estimated CA-lDDT. mean 66.3', 'utf8')));
    await viewer.send({ type: 'file-saved', outcome: 'saved', detail: 'csde.png' });
    await viewer.page.getByText('Saved csde.png.').waitFor();
    assert.deepEqual(viewer.complaints, []);
  });

  it('adds the legend below the structure, and can leave the background away', async () => {
    await open({ width: 640, height: 400 });
    await viewer.show(MODEL);
    const save = async (): Promise<PNG> => {
      await viewer.page.getByRole('button', { name: 'Save picture…' }).click();
      await viewer.page.getByRole('button', { name: 'Save…', exact: true }).click();
      return PNG.sync.read(Buffer.from((await viewer.next('save-file')).bytes));
    };
    const withLegend = await save();
    await viewer.page.getByRole('button', { name: 'Save picture…' }).click();
    await viewer.page.getByLabel('Background').selectOption('transparent');
    await viewer.page.getByLabel('With legend').uncheck();
    await viewer.page.keyboard.press('Escape');
    const bare = await save();
    assert.equal(withLegend.width, bare.width);
    assert.ok(withLegend.height > bare.height);
    assert.deepEqual([...withLegend.data.subarray(0, 4)], [255, 255, 255, 255]);
    assert.equal(bare.data[3], 0);
  });

  it('says what is wrong with a file, and what to do', async () => {
    const cases: [StructureToShow, RegExp][] = [
      [{ fileName: 'empty.pdb', format: 'pdb', bytes: new Uint8Array() }, /empty\.pdb has no atoms/],
      [
        { fileName: 'page.pdb', format: 'pdb', bytes: bytes('<html><body>404 Not Found</body></html>') },
        /has no atoms/,
      ],
      [{ fileName: 'header.pdb', format: 'pdb', bytes: bytes('HEADER    NOTHING ELSE\nEND\n') }, /has no atoms/],
      [
        { fileName: 'a.cif', format: 'cif', bytes: bytes('data_X\nloop_\n_atom_site.id\n') },
        /a\.cif (has no atoms|could not be understood)/,
      ],
      [
        { fileName: 'b.cif', format: 'cif', bytes: bytes('not cif at all') },
        /b\.cif (has no atoms|could not be understood)/,
      ],
      [
        { fileName: 'a.bcif', format: 'bcif', bytes: bytes('not msgpack') },
        /a\.bcif could not be understood as BinaryCIF/,
      ],
      [{ fileName: 'empty.bcif', format: 'bcif', bytes: new Uint8Array() }, /empty\.bcif (has no atoms|could not be)/],
      [
        { fileName: 'cut.pdb.gz', format: 'pdb', bytes: gzipSync(MODEL.bytes).subarray(0, 5000) },
        /gzip data is damaged or cut off/,
      ],
    ];
    await open();
    for (const [file, problem] of cases) {
      const answer = await viewer.show(file);
      assert.equal(answer.type, 'failed', file.fileName);
      assert.match(await viewer.text('[role=alert] h1'), problem);
      assert.ok((await viewer.text('[role=alert] p')).length > 30, 'a remedy is given');
      assert.equal(await viewer.page.getByRole('radio', { name: 'Cartoon' }).isDisabled(), true);
    }
    await shot('failure');
    const good = await viewer.show(MODEL);
    assert.equal(good.type, 'shown', 'a good file is shown after bad ones');
    assert.equal(await viewer.page.getByRole('alert').count(), 0);
  });

  it('offers to try again and to open the file as text', async () => {
    await open();
    await viewer.show({ fileName: 'bad.pdb', format: 'pdb', bytes: bytes('x'), canOpenAsText: true });
    await viewer.page.getByRole('button', { name: 'Open as text' }).click();
    await viewer.next('open-as-text');
    await viewer.page.getByRole('button', { name: 'Try again' }).click();
    await viewer.next('retry');
    await viewer.send({ type: 'unreadable', problem: 'a.pdb is not there any more.', remedy: 'Put it back.' });
    await viewer.page.getByText('a.pdb is not there any more.').waitFor();
  });

  it('shows file names and titles as text, whatever they hold', async () => {
    await open();
    const name = '<img src=x onerror=alert(1)>.pdb';
    await viewer.send({ type: 'reading', fileName: name });
    await viewer.page.getByText(name, { exact: false }).first().waitFor();
    await viewer.show({ ...MODEL, title: name, fileName: name, models: [{ label: name }, { label: 'b' }] });
    assert.equal(await viewer.page.locator('img').count(), 0);
    assert.deepEqual(viewer.complaints, []);
  });

  it('says so when the graphics driver takes the drawing away, and draws again', async () => {
    await open();
    for (let round = 0; round < 18; round++) {
      await viewer.show(MODEL);
      await viewer.page.evaluate(() => {
        document
          .querySelector<HTMLCanvasElement>('.stage canvas')
          ?.getContext('webgl2')
          ?.getExtension('WEBGL_lose_context')
          ?.loseContext();
      });
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
    await viewer.page.getByRole('radio', { name: 'Surface' }).check();
    await drawn();
    assert.ok((await viewer.measure()).pixels.low > 1000);
    assert.equal(viewer.page.workers().length, 0);
  });

  it('shows the newest of several structures that come at once', async () => {
    await open();
    const late = { ...MODEL, fileName: 'late.pdb', serial: 100, bytes: bytes(pdbText([REMARK], () => 30)) };
    const { bytes: early, fileName, format } = MODEL;
    const rest = {
      title: '',
      models: [{ label: '' }],
      selectedModel: 0,
      reloaded: false,
      canOpenAsText: false,
    } as const;
    await viewer.send({ type: 'structure', serial: 99, fileName, format, bytes: early, ...rest });
    // A fast page may have drawn the first one before the second has come.
    const first = await viewer.show(late);
    assert.equal((first.serial === 99 ? await viewer.next('shown') : first).serial, 100);
    await drawn();
    const { pixels } = await viewer.measure();
    assert.ok(pixels.veryLow > 2000 && pixels.veryHigh === 0);
  });

  it('follows the theme', async () => {
    for (const theme of ['light', 'dark', 'high-contrast'] as const) {
      await open({ theme });
      await viewer.show(MODEL);
      const colors = await viewer.page.evaluate(() => {
        const of = (selector: string): string =>
          getComputedStyle(document.querySelector(selector) as Element).backgroundColor;
        return [of('body'), of('canvas')];
      });
      assert.equal(colors[0], colors[1], theme);
      await shot(`theme-${theme}`);
      if (theme !== 'high-contrast') await viewer.close();
    }
    await viewer.page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-editor-background', 'rgb(1, 2, 3)');
    });
    await viewer.page.waitForFunction(
      () => getComputedStyle(document.querySelector('.stage canvas') as Element).backgroundColor === 'rgb(1, 2, 3)',
    );
  });

  it('can be used with the keyboard alone, and tells screen readers what it is', async () => {
    await open();
    await viewer.show(MODEL);
    const reached: string[] = [];
    for (let i = 0; i < 12; i++) {
      await viewer.page.keyboard.press('Tab');
      reached.push(
        await viewer.page.evaluate(() => {
          const element = document.activeElement;
          return (
            element?.getAttribute('aria-label')?.slice(0, 15) ||
            element?.closest('label')?.textContent ||
            element?.textContent ||
            ''
          );
        }),
      );
    }
    assert.deepEqual(
      reached.map((text) => text.slice(0, 9)),
      [
        'Cartoon',
        'ColourEst',
        'Comparewi',
        'Show in F',
        'Measure',
        'Spin',
        'Reset vie',
        'Save pict',
        'Save repo',
        '3D struct',
        'Colour-bl',
        'Sequence',
      ],
    );
    const canvas = viewer.page.getByRole('application');
    assert.match(
      (await canvas.getAttribute('aria-label')) ?? '',
      /^3D structure of model\.pdb: 1 chain · 140 residues · 1064 atoms, drawn as cartoon, coloured by Estimated CA-lDDT, mean 66\.3\./,
    );
    await viewer.page.getByRole('radio', { name: 'Cartoon' }).focus();
    await viewer.page.keyboard.press('ArrowRight');
    await drawn();
    assert.equal((await state()).representation, 'surface');
  });

  it('fits narrow and low windows', async () => {
    await open({ width: 380, height: 520 });
    await viewer.show(MODEL);
    const fits = await viewer.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    assert.ok(fits);
    const stage = await viewer.page.locator('.stage canvas').boundingBox();
    assert.ok(stage && stage.height > 150, `${stage?.height}`);
    await shot('narrow');
  });

  it('takes a file of 20 MB', async () => {
    const water = (index: number): string =>
      `HETATM${String(index % 100_000).padStart(5)}  O   HOH W${String(index % 10_000).padStart(4)}    ${((index % 900) - 450).toFixed(3).padStart(8)}${((index % 700) - 350).toFixed(3).padStart(8)}${((index % 800) - 400).toFixed(3).padStart(8)}  1.00 20.00           O`;
    const lines = Array.from({ length: 260_000 }, (_, index) => water(index));
    await open();
    const text = pdbText([REMARK], fourBands).replace('END\n', `${lines.join('\n')}\nEND\n`);
    assert.ok(text.length > 20_000_000);
    const answer = await viewer.show({ ...MODEL, bytes: bytes(text) });
    assert.ok(answer.type === 'shown' && answer.residues === RESIDUES && answer.atoms > 260_000);
    assert.ok((await viewer.measure()).pixels.veryHigh > 400);
  });
});
