import assert from 'node:assert/strict';
import { bytes, fourBands, pdbText, REMARK } from '../support/structureFiles.ts';
import { MODEL, TWO_CHAINS, twoChains } from '../support/structuresToShow.ts';
import { inSequence, viewerSuite, WIDE } from '../support/viewerSuite.ts';

/** `A LYS 45 NZ – B GLU 12 OE1: 2.8 Å`, as the page says it. */
const DISTANCE = /([AB]) ([A-Z]{3}) (\d+) (\w+) – ([AB]) ([A-Z]{3}) (\d+) (\w+): (\d+\.\d) Å/;

/** The second of two members has its second chain elsewhere, and the atoms of each residue in another order. */
function ensemble(): string[] {
  const lines = pdbText([REMARK], fourBands, { chain: twoChains })
    .split('\n')
    .filter((line) => line.startsWith('ATOM'));
  const residueOf = (line: string): string => line.slice(21, 26);
  const second = Map.groupBy(lines, residueOf)
    .values()
    .flatMap((atoms) => atoms.toReversed())
    .map((line) => {
      const x = Number(line.slice(30, 38)) + (line[21] === 'B' ? 15 : 0);
      return `${line.slice(0, 30)}${x.toFixed(3).padStart(8)}${line.slice(38)}`;
    });
  return [lines, [...second]].map((member, at) => [`MODEL        ${at + 1}`, ...member, 'ENDMDL', ''].join('\n'));
}

/** Where an atom is, by its name. */
function place(member: string, chain = '', number = '', name = ''): number[] {
  const line = member
    .split('\n')
    .find(
      (one) =>
        one.startsWith('ATOM') &&
        one[21] === chain &&
        one.slice(22, 26).trim() === number &&
        one.slice(12, 16).trim() === name,
    );
  assert.ok(line, `${chain} ${number} ${name}`);
  return [30, 38, 46].map((at) => Number(line.slice(at, at + 8)));
}

describe('the structure page keeps what is marked', function () {
  this.timeout(240_000);
  const { viewer, open, closeQuietly, drawn, drag, clickUntil, line } = viewerSuite();
  beforeEach(() => open(WIDE));
  afterEach(closeQuietly);

  /** Measures between two atoms that lie somewhere in the middle, and tells what the page says of it. */
  async function measureOne(): Promise<string> {
    const { page } = viewer;
    await page.getByRole('radio', { name: 'Surface' }).check();
    await viewer.measure();
    await page.getByRole('button', { name: 'Measure' }).click();
    await clickUntil(-60, /click the second atom/);
    await clickUntil(60, DISTANCE);
    const [said = ''] = DISTANCE.exec(await line()) ?? [];
    return said;
  }

  async function reported(): Promise<string[]> {
    await viewer.page.getByRole('button', { name: 'Save report…' }).click();
    const { bytes: saved } = await viewer.next('save-file');
    const report = await viewer.page.context().newPage();
    try {
      await report.setContent(new TextDecoder().decode(saved));
      return (await report.locator('body').innerText()).match(new RegExp(DISTANCE, 'g')) ?? [];
    } finally {
      await report.close();
    }
  }

  const remembered = () =>
    viewer.page.waitForFunction(() => {
      const { marks } = JSON.parse(sessionStorage.getItem('state') ?? '{}');
      return marks?.length === 1 && marks[0].distances.length === 1 && marks[0].selected.length === 5;
    });
  const clear = () => viewer.page.getByRole('button', { name: 'Clear distances' });

  it('over a reload, and while another structure is shown', async () => {
    await viewer.show(TWO_CHAINS);
    const distance = await measureOne();
    await viewer.page.getByRole('button', { name: 'Measure' }).click();
    await drag('.sequence-cells', [inSequence(2), 25], [inSequence(6), 25]);
    await viewer.page.mouse.move(600, 5);
    const selected = await line();
    assert.match(selected, /^Selected: A \d+–\d+ · 5 residues/);
    await remembered();
    const { pixels } = await viewer.measure();

    await viewer.reload();
    await viewer.show(TWO_CHAINS);
    assert.equal(await line(), selected);
    assert.deepEqual(await reported(), [distance]);
    assert.deepEqual((await viewer.measure()).pixels, pixels, 'it is drawn, too');

    await viewer.show(MODEL);
    assert.match(await line(), /^1 chain · 140 residues/);
    assert.equal(await clear().isVisible(), false, 'another structure has marks of its own');
    await viewer.show(TWO_CHAINS);
    assert.equal(await line(), selected);
    assert.deepEqual(await reported(), [distance]);

    await clear().click();
    await viewer.page.locator('.stage canvas').press('Escape');
    await viewer.show(MODEL);
    await viewer.show(TWO_CHAINS);
    assert.match(await line(), /^2 chains · 140 residues/, 'what was taken away stays away');
    assert.equal(await clear().isVisible(), false);
  });

  it('measured in whichever member of an ensemble is shown', async () => {
    const members = ensemble();
    await viewer.show({ ...TWO_CHAINS, bytes: bytes(members.join('')) });
    const first = await measureOne();
    const { page } = viewer;
    await page.getByRole('combobox', { name: 'Member' }).selectOption('1');
    await drawn();
    const said = DISTANCE.exec(await line());
    assert.ok(said, await line());
    const [there, chain, , number, name, otherChain, , otherNumber, otherName, length] = said;
    assert.equal(there.replace(/: .*/, ''), first.replace(/: .*/, ''), 'the same atoms');
    const a = place(members[1] ?? '', chain, number, name);
    const b = place(members[1] ?? '', otherChain, otherNumber, otherName);
    assert.equal(length, Math.hypot(...a.map((value, axis) => value - (b[axis] ?? 0))).toFixed(1));
    await page.getByRole('combobox', { name: 'Member' }).selectOption('0');
    await drawn();
    assert.deepEqual(await reported(), [first]);
  });
});
