import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import type { StructureToShow } from '../../scripts/support/viewerBrowser.ts';
import { likeness } from '../support/pixels.ts';
import { bytes, fourBands, pdbText, REMARK } from '../support/structureFiles.ts';
import { EXPERIMENT, TWO_CHAINS, twoChains } from '../support/structuresToShow.ts';
import { inSequence, viewerSuite, WIDE } from '../support/viewerSuite.ts';

const models = ['Rank 1 · a', 'Rank 2 · b', '5eep.pdb', 'other job'].map((label) => ({ label }));
const RANKED: StructureToShow = { ...TWO_CHAINS, models };
/** The same coordinates elsewhere in space. */
const MOVED = bytes(pdbText([REMARK], () => 95, { chain: twoChains, models: 2 }));
/** Ten residues fewer, and every tenth atom somewhat off. */
const SHORTER = bytes(
  pdbText([REMARK], fourBands, { chain: twoChains })
    .split('\n')
    .filter((line) => !/^ATOM/.test(line) || Number(line.slice(22, 26)) > 10)
    .map((line, index) =>
      /^ATOM/.test(line) && index % 3 === 0
        ? `${line.slice(0, 30)}${(Number(line.slice(30, 38)) + (index % 5)).toFixed(3).padStart(8)}${line.slice(38)}`
        : line,
    )
    .join('\n'),
);
/** A quarter of a turn about z, and some way off. */
const TURNED = bytes(
  pdbText([REMARK], fourBands, { chain: twoChains })
    .split('\n')
    .map((line) => {
      if (!line.startsWith('ATOM')) return line;
      const [x, y, z] = [30, 38, 46].map((at) => Number(line.slice(at, at + 8))) as [number, number, number];
      const moved = [100 - y, 50 + x, z - 20].map((value) => value.toFixed(3).padStart(8)).join('');
      return `${line.slice(0, 30)}${moved}${line.slice(54)}`;
    })
    .join('\n'),
);
/** Two members: every tenth residue of the first is somewhere else, the second is as {@link TURNED}, and misses nothing. */
const ENSEMBLE = bytes(
  ['1', '2']
    .map((member) => {
      const lines = pdbText([], fourBands, { chain: twoChains })
        .split('\n')
        .filter((line) => line.startsWith('ATOM'))
        .map((line) =>
          member === '1' && line[25] === '0' ? `${line.slice(0, 30)}  12.000  12.000  12.000${line.slice(54)}` : line,
        );
      return [`MODEL        ${member}`, ...lines, 'ENDMDL', ''].join('\n');
    })
    .join(''),
);
/** How many pixels of a PNG are rose, as the first overlay is, in light and shadow: neither blue nor orange. */
function rose(png: Buffer): number {
  const { data } = PNG.sync.read(png);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    if (red > blue + 30 && blue > green) count++;
  }
  return count;
}
const STRANGER = bytes(pdbText([], () => 1).replaceAll(/^(ATOM.{13})[A-Z]{3} /gm, '$1XAA '));

describe('the structure page shows structures together', function () {
  this.timeout(240_000);
  const { viewer, open, closeQuietly, box, drag, line, shot } = viewerSuite();
  afterEach(closeQuietly);

  const list = () => viewer.page.getByRole('region', { name: 'Structures' });
  const row = (label: string) => list().locator('li').filter({ hasText: label });

  async function layOver(serial: number, index: number, file: Uint8Array, fileName = 'x.pdb'): Promise<void> {
    const label = models[index]?.label ?? '';
    await viewer.send({ type: 'overlay', serial, index, label, fileName, format: 'pdb', bytes: file });
  }

  /** The drawing without what lies around it. */
  async function viewOnly(): Promise<Buffer> {
    await viewer.measure();
    return viewer.page.locator('canvas').first().screenshot();
  }

  /** Makes the turned structure that lies over `reference` the reference. @returns pictures of the reference alone */
  async function exchange(reference: Uint8Array): Promise<{ readonly before: Buffer; readonly after: Buffer }> {
    await viewer.page.getByRole('combobox', { name: 'Colour', exact: true }).selectOption('chain');
    await viewer.page.getByRole('checkbox', { name: 'Show Rank 2 · b' }).click();
    const before = await viewOnly();
    await viewer.page.getByRole('button', { name: 'Use Rank 2 · b as reference' }).click();
    await viewer.next('select-model');
    const { serial } = await viewer.show({ ...RANKED, bytes: TURNED, selectedModel: 1, together: 1 });
    await layOver(serial, 0, reference);
    await viewer.page.getByRole('checkbox', { name: 'Show Rank 1 · a' }).click();
    return { before, after: await viewOnly() };
  }

  /** Shows the model, and lays a copy, a shorter one and an experiment over it. */
  async function four(): Promise<number> {
    const { serial } = await viewer.show({ ...RANKED, together: 3 });
    assert.ok(await list().isVisible(), 'there is room for the list before the first of them has come');
    await layOver(serial, 1, MOVED);
    await layOver(serial, 3, SHORTER);
    await layOver(serial, 2, EXPERIMENT.bytes, '5eep.pdb');
    await row('5eep.pdb').waitFor();
    return serial;
  }

  it('superposed on the reference, each with its RMSD and its coverage', async () => {
    await open({ ...WIDE, theme: 'dark' });
    await viewer.show(RANKED);
    const alone = (await viewer.measure()).pixels;
    assert.equal(await list().isVisible(), false);
    const compare = viewer.page.getByRole('combobox', { name: 'Compare' });
    assert.equal(
      (await compare.locator('option').allInnerTexts()).join('|'),
      'with…|Rank 2 · b|5eep.pdb|other job|files…|results of jobs…',
    );
    await compare.selectOption({ label: 'Rank 2 · b' });
    assert.deepEqual(await viewer.next('lay-over'), { type: 'lay-over', index: 1 });
    await compare.selectOption({ label: 'files…' });
    await viewer.next('add-files');
    await compare.selectOption({ label: 'results of jobs…' });
    await viewer.next('add-results');
    await layOver(1, 1, MOVED);
    await row('Rank 2 · b').waitFor();
    assert.match(
      await row('Rank 2 · b').innerText(),
      /RMSD 0\.00 Å over 140 residues \(100 %\), 140 of them within 2 Å/,
    );
    await layOver(1, 3, SHORTER);
    await layOver(1, 2, EXPERIMENT.bytes, '5eep.pdb');
    await row('5eep.pdb').waitFor();
    const [, rmsd, covered] =
      /RMSD (\S+) Å over \d+ residues \((\d+) %\)/.exec(await row('other job').innerText()) ?? [];
    assert.ok(Number(rmsd) > 0.2 && Number(rmsd) < 3 && Number(covered) < 100, `${rmsd} ${covered}`);
    assert.ok((await viewer.measure()).pixels.other > alone.other, 'they are drawn in colours of their own');
    assert.equal((await compare.locator('option').allInnerTexts()).join('|'), 'with…|files…|results of jobs…');
    await shot('together');
  });

  it('and never calls the B-factors of an experiment a confidence', async () => {
    await open({ ...WIDE, theme: 'dark' });
    await four();
    assert.match(await row('Rank 1 · a').innerText(), /Reference · Estimated CA-lDDT, mean 66\.3/);
    assert.match(await row('Rank 2 · b').innerText(), /Estimated CA-lDDT, mean 95\.0/);
    assert.match(await row('5eep.pdb').innerText(), /B-factors, no confidence/);
    // Not even when it is coloured as the reference is, by confidence.
    const before = (await viewer.measure()).pixels;
    await viewer.page.getByRole('combobox', { name: 'Colour of Rank 2 · b' }).selectOption('own');
    await viewer.page.getByRole('combobox', { name: 'Colour of 5eep.pdb' }).selectOption('own');
    const { pixels } = await viewer.measure();
    assert.ok(pixels.veryHigh > before.veryHigh, 'the model is in the colours of its confidence');
    assert.ok(pixels.low <= before.low * 1.1 && pixels.veryLow <= before.veryLow * 1.1, 'the experiment is not');
  });

  it('in lists that the keyboard and screen readers can use, remembered over a reload', async () => {
    await open({ ...WIDE, theme: 'light' });
    await four();
    await viewer.page.getByRole('checkbox', { name: 'Show other job' }).focus();
    await viewer.page.keyboard.press('Space');
    assert.equal(await viewer.page.getByRole('checkbox', { name: 'Show other job' }).isChecked(), false);
    assert.equal(
      await viewer.page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
      'Show other job',
      'the focus stays',
    );
    await viewer.page.getByRole('combobox', { name: 'Colour of Rank 2 · b' }).selectOption({ label: 'Indigo' });
    await shot('together-light');
    await viewer.reload();
    await four();
    assert.equal(await viewer.page.getByRole('checkbox', { name: 'Show other job' }).isChecked(), false);
    const colour = viewer.page.getByRole('combobox', { name: 'Colour of Rank 2 · b' });
    assert.equal(await colour.locator('option:checked').innerText(), 'Indigo');
    await viewer.page.getByRole('button', { name: 'Use 5eep.pdb as reference' }).click();
    assert.deepEqual(await viewer.next('select-model'), { type: 'select-model', index: 2 });
    await viewer.page.getByRole('button', { name: 'Remove Rank 2 · b' }).click();
    assert.deepEqual(await viewer.next('take-away'), { type: 'take-away', index: 1 });
    assert.equal(await row('Rank 2 · b').count(), 0);
  });

  it('each in a colour of its own, also when one comes back that was taken away', async () => {
    await open({ ...WIDE, theme: 'dark' });
    const { serial } = await viewer.show(RANKED);
    await layOver(serial, 1, MOVED);
    await viewer.page.getByRole('combobox', { name: 'Colour of Rank 2 · b' }).selectOption({ label: 'Rose' });
    await viewer.page.getByRole('button', { name: 'Remove Rank 2 · b' }).click();
    await layOver(serial, 3, SHORTER);
    await viewer.page.getByRole('combobox', { name: 'Colour of other job' }).selectOption({ label: 'Rose' });
    await layOver(serial, 1, MOVED);
    const colour = viewer.page.getByRole('combobox', { name: 'Colour of Rank 2 · b' });
    assert.equal(await colour.locator('option:checked').innerText(), 'Teal');
  });

  it('on the member of an ensemble that is shown, whichever that is', async () => {
    await open({ ...WIDE, theme: 'dark' });
    const { serial } = await viewer.show({ ...RANKED, bytes: ENSEMBLE });
    await layOver(serial, 1, TURNED);
    await row('Rank 2 · b').waitFor();
    const said = () => row('Rank 2 · b').innerText();
    assert.doesNotMatch(await said(), /RMSD 0\.00/);
    assert.ok(rose(await viewOnly()) > 500, 'it sticks out of the first');
    const member = viewer.page.getByRole('combobox', { name: 'Member' });
    await member.selectOption({ label: '2 of 2' });
    await row('Rank 2 · b').filter({ hasText: 'RMSD 0.00 Å over 140 residues (100 %)' }).waitFor();
    assert.ok(rose(await viewOnly()) < 50, 'it is drawn inside the second');
    await shot('together-ensemble');
    await viewer.page.getByRole('button', { name: 'Save report…' }).click();
    const report = new TextDecoder().decode((await viewer.next('save-file')).bytes);
    assert.match(report, /RMSD 0\.00 Å over 140 residues \(100 %\)/);
    await viewer.page.getByRole('slider', { name: 'Sequence' }).focus();
    await viewer.page.keyboard.press('Home');
    await viewer.page.keyboard.press('ArrowRight');
    await viewer.page.locator('.residue').filter({ hasText: '0.0 Å from Rank 2 · b' }).waitFor();
    // It still knows where it came from, and is seen there when it becomes the reference.
    await viewer.page.keyboard.press('Escape');
    const { before, after } = await exchange(ENSEMBLE);
    assert.ok(likeness(before, after) > 0.9, `alike by ${likeness(before, after)}`);
  });

  it('and goes on seeing one where it lies when it becomes the reference', async () => {
    await open({ ...WIDE, theme: 'dark' });
    const { serial } = await viewer.show(RANKED);
    await layOver(serial, 1, TURNED);
    await row('Rank 2 · b').waitFor();
    await viewer.page.locator('canvas').first().focus();
    for (let presses = 0; presses < 8; presses++) await viewer.page.keyboard.press('ArrowLeft');
    for (let presses = 0; presses < 4; presses++) await viewer.page.keyboard.press('ArrowUp');
    const { before, after } = await exchange(TWO_CHAINS.bytes);
    await shot('together-new-reference');
    assert.ok(likeness(before, after) > 0.95, `alike by ${likeness(before, after)}`);
    await viewer.page.getByRole('button', { name: 'Reset view' }).click();
    assert.ok(likeness(before, await viewOnly()) < 0.8, 'the view had been turned');
  });

  it('with the distance of each residue, and in high contrast', async () => {
    await open({ ...WIDE, theme: 'high-contrast' });
    await four();
    const pointed = viewer.page.locator('.residue').filter({ hasText: /0\.0 Å from Rank 2 · b · .* Å from 5eep/ });
    for (let tries = 0; !(await pointed.isVisible()); tries++) {
      assert.ok(tries < 50, await line());
      const { x, y, height } = await box('.sequence-cells');
      await viewer.page.mouse.move(x + inSequence(4 + (tries % 2)), y + height - 15);
      await viewer.page.waitForTimeout(200);
    }
    await shot('together-high-contrast');
  });

  it('but not what has nothing in common with the reference, and nothing of an earlier structure', async () => {
    await open({ ...WIDE, theme: 'dark' });
    const { serial } = await viewer.show(RANKED);
    await layOver(serial, 3, STRANGER);
    await viewer.page.locator('.notice').filter({ hasText: 'no chain that is like one of the shown' }).waitFor();
    assert.deepEqual(await viewer.next('take-away'), { type: 'take-away', index: 3 });
    await viewer.send({ type: 'overlay-failed', serial, index: 2, text: 'gone' });
    await viewer.page.locator('.notice').filter({ hasText: 'gone' }).waitFor();
    await viewer.show(RANKED);
    await layOver(serial, 1, MOVED);
    await layOver(serial + 1, 2, EXPERIMENT.bytes, '5eep.pdb');
    await row('5eep.pdb').waitFor();
    assert.equal(await row('Rank 2 · b').count(), 0);
  });

  it('tells the editor its chains and what is marked, and marks what the editor tells', async () => {
    await open({ ...WIDE, theme: 'dark' });
    const { serial } = await viewer.show(RANKED);
    const { chains } = await viewer.next('chains');
    assert.deepEqual(
      chains.map(({ name, sequence, numbers }) => [name, sequence.length, numbers.length]),
      [
        ['A', 70, 70],
        ['B', 70, 70],
      ],
    );
    await drag('.sequence-cells', [inSequence(2), 25], [inSequence(5), 25]);
    for (;;) {
      const { selected } = await viewer.next('marks');
      if (selected[0]?.to !== 6) continue;
      assert.deepEqual(selected, [{ chain: 0, from: 2, to: 6 }]);
      break;
    }
    await viewer.page.getByRole('button', { name: 'Show in FASTA' }).click();
    await viewer.next('reveal-in-fasta');

    await viewer.page.mouse.move(600, 5);
    const selected = [{ chain: 1, from: 0, to: 30 }];
    await viewer.send({ type: 'marks', serial, selected, pointed: { chain: 1, at: 29 } });
    await viewer.page
      .locator('.residue')
      .filter({ hasText: /^Chain B · / })
      .waitFor();
    await shot('marked-by-fasta');
    await viewer.send({ type: 'marks', serial, selected: [] });
    await viewer.page
      .locator('.residue')
      .filter({ hasText: /2 chains · 140 residues/ })
      .waitFor();
  });

  it('and colours by hydrophobicity, in 3D and in the sequence', async () => {
    await open({ ...WIDE, theme: 'light' });
    await viewer.show(RANKED);
    await viewer.page.getByRole('combobox', { name: 'Colour' }).selectOption('hydrophobicity');
    assert.match(await viewer.text('.legend'), /^Hydrophobicity[\s\S]*−4\.5 polar[\s\S]*\+4\.5 hydrophobic[\s\S]*Kyte/);
    await shot('hydrophobicity');
  });
});
