import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { PageMessage } from '../../extension/structure/protocol.ts';
import type { Host } from '../../webview/host.ts';
import { inMember } from '../../webview/members.ts';
import { PageFasta } from '../../webview/pageFasta.ts';
import { ResidueLink } from '../../webview/residueLink.ts';
import { INITIAL_STATE } from '../../webview/state.ts';
import type { ResidueInfo, StructureData } from '../../webview/structureData.ts';
import type { StructureView } from '../../webview/structureView.ts';
import { sceneOf, structureOf } from '../support/structureData.ts';

/** Residues of each member: four in chain A, of which the second member lacks the last, and an ion. */
const ENSEMBLE = ensemble([4, 3, 4]);

function ensemble(lengths: readonly number[]): StructureData {
  const residues = lengths.flatMap((length, model): Partial<ResidueInfo>[] => [
    ...Array.from({ length }, (_, at) => ({ model, number: at + 1 })),
    { model, number: 90, kind: 'ion' },
  ]);
  const whole = structureOf(residues.map(() => 50));
  return {
    ...whole,
    modelCount: lengths.length,
    residues: whole.residues.map((residue, at) => ({ ...residue, ...residues[at] })),
  };
}

describe('members of an ensemble', () => {
  it('have residues at the same places, but for those that one lacks, and what is in no chain by its name', () => {
    const to = (member: number | 'all'): (number | undefined)[] =>
      ENSEMBLE.residues.map((_, at) => inMember(ENSEMBLE, member)(at));
    const none = undefined;
    assert.deepEqual(to(1), [5, 6, 7, none, 8, 5, 6, 7, 8, 5, 6, 7, none, 8]);
    assert.deepEqual(to(2), [9, 10, 11, 12, 13, 9, 10, 11, 13, 9, 10, 11, 12, 13]);
    assert.deepEqual(to('all'), to(0), 'of all at once, the first is marked');
  });

  it('take over what is marked, in the structure and in the sequence', () => {
    const told: [number[], number | undefined, boolean][] = [];
    const drawn: unknown[] = [];
    const view = {
      select: (residues: readonly number[]) => drawn.push(residues),
      point: (residue: number | undefined) => drawn.push(residue),
    } as Partial<StructureView> as StructureView;
    const listener = {
      mark: (selected: ReadonlySet<number>, pointed: number | undefined, reveal: boolean) =>
        told.push([[...selected], pointed, reveal]),
    };
    const link = new ResidueLink([listener], () => {});
    link.attach(sceneOf(ENSEMBLE), view);
    link.move(inMember(ENSEMBLE, 1));
    assert.deepEqual(drawn, [], 'nothing was marked');
    link.select([2, 3]);
    link.point(3, 'structure');
    link.move(inMember(ENSEMBLE, 2));
    assert.deepEqual(drawn.slice(-2), [[11, 12], 12]);
    assert.deepEqual(told.at(-1), [[11, 12], 12, false]);
    link.move(inMember(ENSEMBLE, 1));
    assert.deepEqual(drawn.slice(-2), [[7], undefined]);
    assert.deepEqual(told.at(-1), [[7], undefined, false]);
  });

  it('take over what is measured, but for atoms that one lacks', () => {
    const drawn: unknown[] = [];
    // Each residue has two atoms; the third member's ion has none of those names.
    const sameAtom = (atom: number, residue: number) => (residue === 13 ? undefined : residue * 2 + (atom % 2));
    const measureDistances = (pairs: unknown) => drawn.push(pairs);
    const link = new ResidueLink([], () => {});
    link.attach(sceneOf(ENSEMBLE), { sameAtom, measureDistances } as Partial<StructureView> as StructureView);
    link.setMeasuring(true);
    for (const atom of [0, 5, 2, 8, 3]) link.click(atom, false);
    link.move(inMember(ENSEMBLE, 1));
    assert.deepEqual(link.distances, [
      [10, 15],
      [12, 16],
    ]);
    assert.deepEqual(drawn.at(-1), link.distances);
    assert.equal(link.hasFirstAtom, true);
    link.click(14, false);
    assert.deepEqual(link.distances.at(-1), [13, 14], 'a distance that was begun ends in the same member');
    link.move(inMember(ENSEMBLE, 2));
    assert.deepEqual(link.distances, [
      [18, 23],
      [21, 22],
    ]);
    // The same atom of two members, while all are shown.
    for (const atom of [0, 10]) link.click(atom, false);
    assert.equal(link.distances.length, 3);
    link.move(inMember(ENSEMBLE, 0));
    assert.deepEqual(link.distances, [
      [0, 5],
      [3, 4],
    ]);
  });

  it('leave what the editor has selected to the editor', async () => {
    const posted: PageMessage[] = [];
    const host: Host = {
      post: (message) => posted.push(message),
      listen: () => {},
      readState: () => INITIAL_STATE,
      writeState: () => {},
    };
    const fasta = new PageFasta(host);
    const link = new ResidueLink([fasta], () => {});
    link.attach(sceneOf(ENSEMBLE), undefined);
    fasta.attach(sceneOf(ENSEMBLE), 1);
    fasta.receive({ type: 'marks', serial: 1, selected: [{ chain: 0, from: 1, to: 3 }] }, link);
    assert.deepEqual([...link.selected], [1, 2]);
    assert.equal(fasta.isTheirs, true);
    fasta.setModel(2);
    link.move(inMember(ENSEMBLE, 2));
    assert.deepEqual([...link.selected], [10, 11]);
    fasta.receive({ type: 'marks', serial: 1, selected: [] }, link);
    assert.deepEqual([...link.selected], [], 'the editor may still take it away');
    link.select([10]);
    assert.equal(fasta.isTheirs, false);
    fasta.receive({ type: 'marks', serial: 1, selected: [] }, link);
    assert.deepEqual([...link.selected], [10], 'what was selected in the page stays');
    // Nothing is told any more when the test is over.
    await wait(100);
    assert.ok(posted.length > 0);
  });
});
