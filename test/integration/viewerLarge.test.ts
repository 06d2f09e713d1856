import assert from 'node:assert/strict';
import { assembledCif, copiesFor, residuesOf } from '../support/assembledStructure.ts';
import { bytes, fourBands } from '../support/structureFiles.ts';
import { assertAllBands, viewerSuite, WIDE } from '../support/viewerSuite.ts';

const COPIES = copiesFor(100_000);
const HEADER = 'loop_\n_ma_qa_metric.id\n_ma_qa_metric.name\n1 pLDDT';

describe('the structure page with 100,000 atoms', function () {
  this.timeout(300_000);
  const { viewer, open, line } = viewerSuite();
  before(() => open(WIDE));

  it('draws them in their colours, and says that it draws less finely', async () => {
    const answer = await viewer.show({
      fileName: 'large.cif',
      format: 'cif',
      bytes: bytes(assembledCif(COPIES, HEADER, fourBands)),
    });
    assert.ok(answer.type === 'shown');
    assert.ok(answer.atoms >= 100_000);
    assert.equal(answer.residues, residuesOf(COPIES));
    assertAllBands((await viewer.measure()).pixels);
    assert.match(await viewer.text('.notice'), /drawn less finely/);
  });

  it('turns', async () => {
    const before = await viewer.state();
    await viewer.page.locator('.stage canvas').press('ArrowLeft');
    await viewer.page.waitForFunction((old) => sessionStorage.getItem('state') !== old, JSON.stringify(before), {
      polling: 100,
    });
    assert.notDeepEqual((await viewer.state())?.orientation, before?.orientation);
  });

  it('scrolls its sequence, and selects in it', async () => {
    const track = viewer.page.getByRole('slider', { name: 'Sequence' });
    await track.press('End');
    assert.equal(await track.getAttribute('aria-valuenow'), String(residuesOf(COPIES)));
    await track.press('Space');
    // What is pointed at is described before what is selected.
    await track.hover();
    await viewer.page.mouse.move(600, 5);
    assert.match(await line(), /^Selected: [A-Z]+ \d+/);
    assert.deepEqual(viewer.complaints, []);
  });
});
