import assert from 'node:assert/strict';
import { atoms, bytes, pdbText, REMARK, RESIDUES } from '../support/structureFiles.ts';
import { paeFile, TWO_CHAINS, twoChains } from '../support/structuresToShow.ts';
import { inSequence, viewerSuite, WIDE } from '../support/viewerSuite.ts';
import { screenshot } from '../support/workbench.ts';

/** The two chains know themselves and not each other. */
const ERRORS = paeFile(RESIDUES, (i, j) => (twoChains(i) === twoChains(j) ? 2 : 20));

describe('the structure page marks residues', function () {
  this.timeout(240_000);
  const { viewer, open, closeQuietly, drawn, box, drag, clickUntil, line, shot } = viewerSuite();
  beforeEach(() => open({ ...WIDE, theme: 'dark' }));
  afterEach(closeQuietly);

  it('that are pointed at or selected in the sequence', async () => {
    await viewer.show(TWO_CHAINS);
    const before = (await viewer.measure()).pixels;
    const { x, y } = await box('.sequence-cells');
    await viewer.page.mouse.move(x + inSequence(4), y + 25);
    assert.match(await line(), /^Chain A · [A-Z]{3} \d+ · Estimated CA-lDDT 95\.0/);
    await viewer.page.mouse.move(x + inSequence(4), y - 200);
    await drag('.sequence-cells', [inSequence(0), 25], [inSequence(29), 25]);
    await viewer.page.mouse.move(x + 600, 5);
    assert.match(await line(), /^Selected: A \d+–\d+ · 30 residues · mean Estimated CA-lDDT 95\.0$/);
    const after = (await viewer.measure()).pixels;
    assert.ok(after.veryHigh > before.veryHigh, 'side chains of the first quarter are drawn');
    await shot('sequence');
    await viewer.page.keyboard.press('Escape');
    assert.match(await line(), /2 chains · 140 residues/);
  });

  it('for the keyboard and for screen readers', async () => {
    await viewer.show(TWO_CHAINS);
    const track = viewer.page.getByRole('slider', { name: 'Sequence' });
    await track.focus();
    await viewer.page.keyboard.press('End');
    assert.equal(await track.getAttribute('aria-valuenow'), String(RESIDUES));
    assert.match(
      (await track.getAttribute('aria-valuetext')) ?? '',
      /^Chain B · [A-Z]{3} \d+ · Estimated CA-lDDT 30\.0/,
    );
    await viewer.page.keyboard.press('Home');
    for (let step = 0; step < 4; step++) await viewer.page.keyboard.press('Shift+ArrowRight');
    await viewer.page.keyboard.press('Enter');
    await viewer.page.mouse.move(600, 5);
    await viewer.page.locator('.residue').filter({ hasText: 'Chain A' }).waitFor();
    await viewer.page.keyboard.press('Escape');
    assert.equal(await track.getAttribute('aria-valuenow'), '5');
  });

  it('in whichever member of an ensemble is shown', async () => {
    const members = pdbText([REMARK], () => 95, { models: 2 }).split(/(?=^MODEL +2$)/m);
    // The second one is less certain, and lacks the last residue.
    const last = `${atoms().at(-1)?.residueNumber}`.padStart(4);
    const second = (members[1] ?? '')
      .replace(/^(ATOM .{55}).{6}/gm, '$1 30.00')
      .replace(new RegExp(`^ATOM .{15} A${last} .*\n`, 'gm'), '');
    await viewer.show({ ...TWO_CHAINS, bytes: bytes(`${members[0]}${second}`) });
    const track = viewer.page.getByRole('slider', { name: 'Sequence' });
    const member = viewer.page.getByRole('combobox', { name: 'Member' });
    const { keyboard } = viewer.page;
    await drag('.sequence-cells', [inSequence(2), 25], [inSequence(4), 25]);
    await viewer.page.mouse.move(600, 5);
    const selected = await line();
    assert.match(selected, /^Selected: A \d+–\d+ · 3 residues · mean Estimated CA-lDDT 95\.0$/);
    const before = (await viewer.measure()).pixels;

    await member.selectOption('1');
    await drawn();
    assert.equal(await line(), selected.replace('95.0', '30.0'));
    const after = (await viewer.measure()).pixels;
    assert.ok(before.veryHigh > 400 && after.veryHigh < before.veryHigh / 20, 'nothing of the first one is drawn');
    assert.match((await track.getAttribute('aria-valuetext')) ?? '', / 30\.0 /);
    const at = Number(await track.getAttribute('aria-valuenow'));
    await track.focus();
    await keyboard.press('Shift+ArrowRight');
    assert.equal(await track.getAttribute('aria-valuenow'), String(at + 1));
    assert.match(await line(), / 30\.0/);
    await viewer.page.mouse.move(600, 5);
    await viewer.page.mouse.move(600, 6);

    await member.selectOption('0');
    await drawn();
    await track.focus();
    await keyboard.press('End');
    await keyboard.press(' ');
    await viewer.page.mouse.move(600, 5);
    await member.selectOption('1');
    await drawn();
    assert.match(await line(), /^1 chain · 139 residues/);
    assert.equal(await track.getAttribute('aria-valuenow'), '1');
  });

  it('in the map of predicted aligned errors, both ways', async () => {
    await viewer.show({ ...TWO_CHAINS, pae: ERRORS });
    const map = await box('.pae-map');
    await viewer.page.mouse.move(map.x + map.width * 0.75, map.y + map.height * 0.25);
    assert.match(await viewer.text('.pae-text'), /^B [A-Z]{3} \d+ when aligned on A [A-Z]{3} \d+: 20\.0 Å$/);
    await drag('.pae-map', [map.width * 0.55, map.height * 0.05], [map.width * 0.9, map.height * 0.4]);
    await viewer.page.mouse.move(5, 300);
    assert.match(await viewer.text('.pae-text'), /^Between B .* and A .*: mean 20\.0 Å$/);
    assert.match(await line(), /^Selected: A \d+–\d+, B \d+–\d+ · \d+ residues/);
    await shot('pae');
    await drag('.sequence-cells', [inSequence(0), 25], [inSequence(9), 25]);
    await viewer.page.mouse.move(5, 300);
    assert.match(await viewer.text('.pae-text'), /^Within A .*: mean 2\.0 Å$/);
  });

  it('which names inserted residues whole', async () => {
    const last = `B${`${atoms().at(-1)?.residueNumber}`.padStart(4)}`;
    const text = pdbText([REMARK], () => 95, { chain: twoChains }).replaceAll(`${last} `, `${last}C`);
    await viewer.show({ ...TWO_CHAINS, bytes: bytes(text), pae: ERRORS });
    const map = await box('.pae-map');
    await viewer.page.mouse.move(map.x + map.width - 1, map.y + 1);
    assert.match(await viewer.text('.pae-text'), /^B [A-Z]{3} \d+C when aligned on A [A-Z]{3} \d+: 20\.0 Å$/);
  });

  it('and says why errors of another structure, or none at all, are not shown', async () => {
    await viewer.show({ ...TWO_CHAINS, pae: paeFile(10, () => 2) });
    assert.match(await viewer.text('.notice'), /are of 10 residues, the structure has 140/);
    await viewer.show({ ...TWO_CHAINS, pae: bytes('{"pae": [[') });
    assert.match(await viewer.text('.notice'), /not JSON/);
    await viewer.show(TWO_CHAINS);
    assert.equal(await viewer.page.locator('.pae').isVisible(), false);
  });

  it('and measures between clicked atoms', async () => {
    await viewer.show(TWO_CHAINS);
    await viewer.page.getByRole('radio', { name: 'Surface' }).check();
    await viewer.page.getByRole('button', { name: 'Measure' }).click();
    assert.equal(await line(), 'Measuring: click the first atom.');
    await clickUntil(-60, /^Measuring: click the second atom\.$/);
    await clickUntil(60, /^[AB] [A-Z]{3} \d+ \w+ – .*: \d+\.\d Å · Measuring: click the first atom\.$/);
    await viewer.page.getByRole('radio', { name: 'Cartoon' }).check();
    await drawn();
    await shot('distance');
    await viewer.page.getByRole('button', { name: 'Clear distances' }).click();
    assert.equal(await viewer.page.getByRole('button', { name: 'Clear distances' }).isVisible(), false);
  });

  it('and saves a report that stands alone', async () => {
    await viewer.show({ ...TWO_CHAINS, title: 'two <b>domains</b>', pae: ERRORS });
    await viewer.page.getByRole('button', { name: 'Save report…' }).click();
    const { fileName, bytes: saved } = await viewer.next('save-file');
    assert.equal(fileName, 'm-report.html');
    const report = await viewer.page.context().newPage();
    const requests: string[] = [];
    report.on('request', (request) => requests.push(request.url()));
    await report.setContent(new TextDecoder().decode(saved));
    assert.equal(await report.locator('h1').innerText(), 'two <b>domains</b>');
    assert.equal(await report.locator('svg rect').count(), RESIDUES);
    const loaded = await report
      .locator('img')
      .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
    assert.deepEqual(loaded, [1800, RESIDUES]);
    assert.deepEqual(
      requests.filter((url) => !url.startsWith('data:')),
      [],
    );
    await screenshot(report, 'viewer-report', { fullPage: true });
    await report.close();
  });

  it('which is called as the file is, however that is drawn', async () => {
    await viewer.show({ ...TWO_CHAINS, fileName: 'rank-1-m.pdb' });
    await viewer.page.getByRole('radio', { name: 'Ball & stick' }).check();
    await viewer.page.getByRole('combobox', { name: 'Colour' }).selectOption('chain');
    await viewer.page.getByRole('button', { name: 'Save report…' }).click();
    assert.equal((await viewer.next('save-file')).fileName, 'rank-1-m-report.html');
  });
});
