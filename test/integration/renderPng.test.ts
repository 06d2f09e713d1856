import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';
import { renderStructurePng } from '../../scripts/support/renderPng.ts';
import { fourBands, pdbText, REMARK } from '../support/structureFiles.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('the picture of a structure file', function () {
  this.timeout(180_000);
  const { folder, remove } = temporaryFolder();
  after(remove);

  for (const [width, height] of [
    [1200, 900],
    [2400, 1000],
  ] as const) {
    it(`has the size that was asked for, ${width} by ${height}, and the structure in its colours`, async () => {
      const file = path.join(folder, 'model.pdb');
      const picture = path.join(folder, `model-${width}.png`);
      await writeFile(file, pdbText([REMARK], fourBands));
      const sentence = await renderStructurePng(file, picture, { width, height });
      assert.match(sentence, /estimated CA-lDDT/i);
      const png = PNG.sync.read(await readFile(picture));
      assert.deepEqual([png.width, png.height], [width, height]);
      const colours = new Set<number>();
      for (let at = 0; at < png.data.length; at += 4) colours.add(png.data.readUIntBE(at, 3));
      assert.ok(colours.size > 100, `${colours.size} colours`);
    });
  }
});
