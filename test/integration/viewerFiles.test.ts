import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { StructureToShow } from '../../scripts/support/viewerBrowser.ts';
import { bytes, fourBands, pdbText, REMARK, RESIDUES } from '../support/structureFiles.ts';
import { MODEL } from '../support/structuresToShow.ts';
import { viewerSuite } from '../support/viewerSuite.ts';

/** What a message of a structure says beside the file. */
const UNTITLED = {
  title: '',
  models: [{ label: '' }],
  selectedModel: 0,
  reloaded: false,
  canOpenAsText: false,
} as const;

/** What is shown later than that after a failure was not hindered by it. Loading and drawing a model takes a part of it (ms). */
const LATE_MS = 3000;

describe('the structure page and what it is given', function () {
  this.timeout(240_000);
  const { viewer, open, drawn, shot } = viewerSuite();
  afterEach(() => viewer.close());

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

  it('shows the newest of several structures that come at once', async () => {
    await open();
    const late = { ...MODEL, fileName: 'late.pdb', serial: 100, bytes: bytes(pdbText([REMARK], () => 30)) };
    const { bytes: early, fileName, format } = MODEL;
    await viewer.send({ type: 'structure', serial: 99, fileName, format, bytes: early, ...UNTITLED });
    // A fast page may have drawn the first one before the second has come.
    const first = await viewer.show(late);
    assert.equal((first.serial === 99 ? await viewer.next('shown') : first).serial, 100);
    await drawn();
    const { pixels } = await viewer.measure();
    assert.ok(pixels.veryLow > 2000 && pixels.veryHigh === 0);
  });

  it('shows nothing of a structure that is still loading when the next one cannot be read', async () => {
    await open();
    const loading = { type: 'structure', serial: 99, ...MODEL, ...UNTITLED } as const;
    const problem = 'rank2.pdb is not there any more.';
    // At once, so that the first one is certainly still loading.
    await Promise.all([viewer.send(loading), viewer.send({ type: 'unreadable', problem, remedy: 'Put it back.' })]);
    await viewer.page.getByRole('heading', { name: problem }).waitFor();
    await viewer.page.waitForTimeout(LATE_MS);
    assert.match(await viewer.text('[role=alert] h1'), /rank2\.pdb is not there/);
    assert.equal(await viewer.page.getByRole('radio', { name: 'Cartoon' }).isDisabled(), true);
    const good = await viewer.show({ ...MODEL, serial: 100 });
    assert.deepEqual([good.type, good.serial], ['shown', 100], 'the first one never came');
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
