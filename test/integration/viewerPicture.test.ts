import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import { MODEL } from '../support/structuresToShow.ts';
import { viewerSuite } from '../support/viewerSuite.ts';

describe('the structure page and its pictures', function () {
  this.timeout(240_000);
  const { viewer, open, box, shot } = viewerSuite();
  afterEach(() => viewer.close());

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
    const stage = await box('.stage canvas');
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
});
