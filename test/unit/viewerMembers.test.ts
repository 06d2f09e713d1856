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
  it('have residues at the same places, but for those that one lacks and those in no chain', () => {
    const to = (member: number | 'all'): (number | undefined)[] =>
      ENSEMBLE.residues.map((_, at) => inMember(ENSEMBLE, member)(at));
    const none = undefined;
    assert.deepEqual(to(1), [5, 6, 7, none, none, 5, 6, 7, none, 5, 6, 7, none, none]);
    assert.deepEqual(to(2), [9, 10, 11, 12, none, 9, 10, 11, none, 9, 10, 11, 12, none]);
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
    fasta.setModel(2);
    link.move(inMember(ENSEMBLE, 2));
    assert.deepEqual([...link.selected], [10, 11]);
    fasta.receive({ type: 'marks', serial: 1, selected: [] }, link);
    assert.deepEqual([...link.selected], [], 'the editor may still take it away');
    link.select([10]);
    fasta.receive({ type: 'marks', serial: 1, selected: [] }, link);
    assert.deepEqual([...link.selected], [10], 'what was selected in the page stays');
    // Nothing is told any more when the test is over.
    await wait(100);
    assert.ok(posted.length > 0);
  });
});
