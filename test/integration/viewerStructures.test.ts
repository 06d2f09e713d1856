import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { StructureToShow } from '../../scripts/support/viewerBrowser.ts';
import { BANDS } from '../../webview/confidence.ts';
import {
  bcifBytes,
  bytes,
  cifText,
  experimentalPdb,
  fourBands,
  pdbText,
  REMARK,
  RESIDUES,
} from '../support/structureFiles.ts';
import { EXPERIMENT, MODEL } from '../support/structuresToShow.ts';
import { assertAllBands, viewerSuite } from '../support/viewerSuite.ts';

describe('the structure page shows structures', function () {
  this.timeout(240_000);
  const { viewer, open, closeQuietly, drawn, box, line, shot } = viewerSuite();
  beforeEach(() => open());
  afterEach(closeQuietly);

  const legend = (): Promise<string> => viewer.text('.legend');

  /** The drawing as it is on the screen, without what lies around it. */
  async function stage(): Promise<Buffer> {
    await viewer.measure();
    return viewer.page.locator('.stage canvas').screenshot();
  }

  /** Counts from now on what workers are asked for. @returns asks how often it was */
  async function surfacesAsked(): Promise<() => Promise<number>> {
    const counter = await viewer.page.evaluateHandle(() => {
      const count = { asked: 0 };
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (...message: unknown[]) {
        count.asked += 1;
        return Reflect.apply(postMessage, this, message);
      };
      return count;
    });
    return () => counter.evaluate(({ asked }) => asked);
  }

  it('of a homology model, in the four bands, and names its estimated CA-lDDT', async () => {
    assert.deepEqual(await viewer.show(MODEL), { type: 'shown', serial: 1, atoms: 1064, residues: RESIDUES });
    const { pixels, width, height } = await viewer.measure();
    assertAllBands(pixels);
    assert.ok(pixels.other < pixels.high / 2, `other: ${pixels.other}`);
    assert.equal(
      Object.values(pixels).reduce((sum, count) => sum + count, 0),
      width * height,
    );
    const text = await legend();
    assert.match(text, /Estimated CA-lDDT/);
    assert.match(text, /66\.3/);
    assert.match(text, /Very high\s+≥ 90\s+25 %/);
    await shot('bands');
  });

  it('in one band only when all residues are in it', async () => {
    await viewer.show({ ...MODEL, bytes: bytes(pdbText([REMARK], () => 95)) });
    const { pixels } = await viewer.measure();
    assert.ok(pixels.veryHigh > 2000);
    assert.equal(pixels.low + pixels.veryLow, 0);
  });

  it('from PDB, mmCIF and BinaryCIF, gzipped or not', async () => {
    const metric = { '_ma_qa_metric.name': 'pLDDT' };
    const cif = bytes(cifText('loop_\n_ma_qa_metric.id\n_ma_qa_metric.name\n1 pLDDT', fourBands));
    const files: StructureToShow[] = [
      { fileName: 'a.PDB.gz', format: 'pdb', bytes: gzipSync(MODEL.bytes), confidence: { metric: 'plddt' } },
      // Without _chem_comp, as Biopython and PyMOL write it.
      { fileName: 'a.cif', format: 'cif', bytes: cif },
      { fileName: 'a.mmcif.gz', format: 'cif', bytes: gzipSync(cif) },
      { fileName: 'a.bcif', format: 'bcif', bytes: bcifBytes(metric, fourBands) },
      { fileName: 'a.bcif.gz', format: 'bcif', bytes: gzipSync(bcifBytes(metric, fourBands)) },
    ];
    for (const file of files) {
      const answer = await viewer.show(file);
      assert.ok(answer.type === 'shown' && answer.residues === RESIDUES, `${file.fileName}: ${JSON.stringify(answer)}`);
      assert.match(await legend(), /^pLDDT\s+66\.3/, file.fileName);
      const { pixels } = await viewer.measure();
      assertAllBands(pixels, file.fileName);
    }
  });

  it('in every representation', async () => {
    await viewer.show(MODEL);
    const counts = new Set<number>();
    for (const name of ['Cartoon', 'Licorice', 'Ball & stick', 'Surface']) {
      await viewer.page.getByRole('radio', { name }).check();
      const { pixels } = await viewer.measure();
      assertAllBands(pixels, name);
      counts.add(pixels.background);
      await shot(name.replace(/\W+/g, '-').toLowerCase());
    }
    assert.equal(counts.size, 4, 'each representation draws something else');
    assert.ok(viewer.page.workers().length > 0, 'surfaces are computed in a worker');
  });

  it('of an experiment without calling its B-factors confidence', async () => {
    await viewer.show(EXPERIMENT);
    assert.match(await legend(), /^Chain\s+A\s+140 residues\s*$/);
    const colour = viewer.page.getByRole('combobox', { name: 'Colour' });
    assert.doesNotMatch(await viewer.text('.choice:has-text("Colour") select'), /lDDT/);
    const before = (await viewer.measure()).pixels;
    await colour.selectOption('b-factor');
    assert.match(await legend(), /^B-factor[\s\S]*Not a confidence: the structure was measured: x-ray diffraction/);
    assert.notDeepEqual((await viewer.measure()).pixels, before);
    assert.match(await viewer.text('footer'), /CRYSTAL STRUCTURE OF E. COLI CSDE/);
    await shot('b-factor');
  });

  it('in every colouring, each with its legend', async () => {
    await viewer.show(MODEL);
    const titles = {
      chain: 'Chain',
      rainbow: 'Position in chain',
      secondary: 'Secondary structure',
      residue: 'Residue type',
    };
    for (const [value, title] of Object.entries(titles)) {
      await viewer.page.getByRole('combobox', { name: 'Colour' }).selectOption(value);
      await drawn();
      assert.ok((await legend()).startsWith(title), value);
      await shot(`colour-${value}`);
    }
  });

  it('in colours for the colour-blind', async () => {
    await viewer.show(MODEL);
    const official = await stage();
    await viewer.page.getByRole('checkbox', { name: 'Colour-blind safe' }).check();
    // The page counts in the colours that are chosen, whether it draws in them or not.
    const { pixels } = await viewer.measure();
    assertAllBands(pixels);
    assert.ok(!official.equals(await stage()), 'it is drawn in other colours');
    await shot('colour-blind');
  });

  it('as surface in other colours without computing it again', async () => {
    await viewer.show(MODEL);
    const asked = await surfacesAsked();
    await viewer.page.getByRole('radio', { name: 'Surface' }).check();
    const { pixels: official } = await viewer.measure();
    const picture = await stage();
    const first = await asked();
    assert.ok(first > 0, 'a worker computes it');
    await viewer.page.getByRole('checkbox', { name: 'Colour-blind safe' }).check();
    const { pixels: safe } = await viewer.measure();
    assert.ok(!picture.equals(await stage()), 'it is drawn in other colours');
    assert.equal(await asked(), first, 'no worker is asked again');
    assert.equal(safe.background, official.background, 'the shape stays');
    for (const { band } of BANDS) {
      const [one, two] = [official[band], safe[band]];
      assert.ok(Math.abs(one - two) < one * 0.2, `${band}: ${one} and ${two}`);
    }
  });

  it('as the last one chosen, when the user changes their mind', async () => {
    await viewer.show(MODEL);
    const cartoon = (await viewer.measure()).pixels;
    for (const name of ['Surface', 'Licorice', 'Surface', 'Cartoon']) {
      await viewer.page.getByRole('radio', { name }).check();
    }
    assert.deepEqual((await viewer.measure()).pixels, cartoon);
    await drawn();
  });

  it('of the file asked for last, when the one before is drawn otherwise meanwhile', async () => {
    const next = { ...MODEL, bytes: EXPERIMENT.bytes };
    await viewer.show(next);
    const expected = (await viewer.measure()).pixels;
    await viewer.show(MODEL);
    const changes = viewer.page.evaluate(async () => {
      const radios = document.querySelectorAll<HTMLInputElement>('input[type="radio"]');
      for (let turn = 0; turn < 60; turn++) {
        radios[turn % 2 === 0 ? 2 : 0]?.click();
        await new Promise((resolve) => setTimeout(resolve));
      }
    });
    await Promise.all([viewer.show(next), changes]);
    await drawn();
    assert.deepEqual((await viewer.measure()).pixels, expected);
  });

  it('of an ensemble, one member or all', async () => {
    // With the molecules named, as the PDB writes them: NGL then knows the chains of one model only.
    const header = ['COMPND    MOL_ID: 1;', 'COMPND   2 MOLECULE: CSDE;', 'COMPND   3 CHAIN: A;', REMARK];
    const members = bytes(pdbText(header, fourBands, { models: 3 }));
    await viewer.show({ ...MODEL, bytes: members });
    const member = viewer.page.getByRole('combobox', { name: 'Member' });
    assert.match(await viewer.text('footer'), /1 chain · 140 residues · 1064 atoms/);
    const one = (await viewer.measure()).pixels.background;
    await member.selectOption('all');
    await drawn();
    const all = (await viewer.measure()).pixels.background;
    assert.ok(all < one, 'all members cover more than one');
    assert.match(await viewer.text('footer'), /420 residues/);
  });

  it('with a choice of ranked models', async () => {
    const models = [{ label: 'Rank 1 · 1ni7_A' }, { label: 'Rank 2 · 2abc_B' }];
    await viewer.show({ ...MODEL, models });
    await viewer.page.getByRole('combobox', { name: 'Model' }).selectOption({ label: 'Rank 2 · 2abc_B' });
    assert.deepEqual(await viewer.next('select-model'), { type: 'select-model', index: 1 });
  });

  it('with words about their origin', async () => {
    const templates = [{ id: '1ni7_A', identity: 0.342 }];
    await viewer.show({
      ...MODEL,
      provenance: { engine: 'Homology (ProMod3)', templates, createdAt: '2026-11-22T10:00:00Z' },
    });
    assert.match(await viewer.text('footer'), /Homology \(ProMod3\) · template 1ni7_A \(34 % identical\) · 2026-11-22/);
  });

  it('and say which residue is under the pointer', async () => {
    await viewer.show({ ...MODEL, bytes: bytes(pdbText([REMARK], () => 95)) });
    await viewer.page.getByRole('radio', { name: 'Surface' }).check();
    await drawn();
    const stage = await box('.stage canvas');
    const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height / 2];
    // The view looks what is under the pointer when it moves; the surface may come later than the first move.
    const pointed = viewer.page.locator('.residue.pointed');
    for (let step = 0; !(await pointed.isVisible()); step++) {
      await viewer.page.mouse.move(x + (step % 5), y);
      await viewer.page.waitForTimeout(200);
    }
    assert.match(await line(), /^Chain A · [A-Z]{3} \d+ · Estimated CA-lDDT 95\.0 \(very high\)$/);
  });

  it('with small molecules only', async () => {
    const lines = experimentalPdb()
      .split('\n')
      .filter((line) => line.startsWith('ATOM'))
      .slice(0, 9);
    const small = lines.map((line) => line.replace(/^ATOM {2}/, 'HETATM').replace(/ [A-Z]{3} A/, ' LIG A'));
    const answer = await viewer.show({
      fileName: 'ligand.pdb',
      format: 'pdb',
      bytes: bytes(`${small.join('\n')}\nEND\n`),
    });
    assert.equal(answer.type, 'shown');
    const { pixels, width, height } = await viewer.measure();
    assert.ok(pixels.background < width * height * 0.99, 'something is drawn');
  });
});
