import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseHostMessage, parsePageMessage } from '../../extension/structure/protocol.ts';
import { ShownStructures } from '../../extension/structure/shownStructures.ts';
import { MOST_TOGETHER } from '../../extension/structure/togetherMessages.ts';
import { colorFor, freeColor, OVERLAY_COLORS, type OverlayColor } from '../../webview/overlayColors.ts';
import { chainTable, spansOf } from '../../webview/pageFasta.ts';
import { INITIAL_STATE, parseState } from '../../webview/state.ts';
import type { ResidueInfo, StructureData } from '../../webview/structureData.ts';

const model = (place: string) => ({ label: place, place: { toString: () => place } });
const models = (count: number, from = 0) => Array.from({ length: count }, (_, at) => model(`m${from + at}`));

/** What a user does to the list. */
const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('select', 'layOver', 'takeAway'), index: fc.nat(14) }),
  fc.record({ kind: fc.constant('add'), index: fc.nat(14) }),
);

describe('structures together', () => {
  it('are each shown once, however they were chosen, and never more than fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 30 }), (own, steps) => {
        const shown = new ShownStructures(models(own));
        for (const { kind, index } of steps) {
          if (kind === 'select') shown.select(index);
          else if (kind === 'layOver') shown.layOver(index);
          else if (kind === 'takeAway') shown.takeAway(index);
          else shown.add(models(2, index));
          const all = [shown.selected, ...shown.together];
          assert.equal(new Set(all).size, all.length);
          assert.ok(all.length <= MOST_TOGETHER && all.every((at) => shown.models[at] !== undefined));
          const names = shown.models.map(({ label }) => label);
          assert.equal(new Set(names).size, names.length, 'a structure that is known is not added again');
        }
        const { added, selected, together } = shown.remembered;
        const again = new ShownStructures(models(own), selected, together, added.map(model));
        assert.deepEqual(again.remembered, shown.remembered);
        assert.equal(again.shown.label, shown.shown.label);
      }),
    );
  });

  it('change places with the reference', () => {
    const shown = new ShownStructures(models(4), 0, [1, 2]);
    assert.ok(shown.select(2));
    assert.deepEqual([shown.selected, shown.together], [2, [1, 0]]);
    assert.ok(shown.select(3));
    assert.deepEqual([shown.selected, shown.together], [3, [1, 0]], 'one that was not laid over takes its place');
    assert.equal(shown.select(9), false);
  });

  it('begin with the first where what was remembered is gone', () => {
    assert.deepEqual(new ShownStructures(models(2), 7, [9, 1]).together, [1]);
    assert.equal(new ShownStructures(models(2), -1).selected, 0);
  });

  it('get colours that no other has', () => {
    const taken = OVERLAY_COLORS.reduce<ReturnType<typeof freeColor>[]>((all) => [...all, freeColor(all)], []);
    assert.equal(new Set(taken).size, OVERLAY_COLORS.length);
    assert.ok(OVERLAY_COLORS.length >= MOST_TOGETHER - 1);
  });

  it('get the colour that they had, or a free one where another has it by now', () => {
    const look = (index: number, color: OverlayColor) => ({ index, color });
    assert.equal(colorFor(1, [look(1, 3)], [look(2, 0)]), 3);
    assert.equal(colorFor(1, [look(1, 0)], [look(2, 0)]), 1);
    assert.equal(colorFor(3, [look(1, 0), look(2, 1)], [look(2, 4)]), 1, 'not that of one that is still to come');
    assert.equal(colorFor(1, [look(1, 'own')], [look(2, 'own')]), 'own');
  });

  it('never get the same colour twice, in whatever order they come', () => {
    const color = fc.oneof(fc.constant('own' as const), fc.nat(OVERLAY_COLORS.length - 1));
    const looks = fc.uniqueArray(fc.record({ index: fc.nat(12), color }), { selector: ({ index }) => index });
    const order = fc.uniqueArray(fc.nat(12), { maxLength: MOST_TOGETHER - 1 });
    fc.assert(
      fc.property(looks, order, (remembered, indices) => {
        const present: { index: number; color: OverlayColor }[] = [];
        for (const index of indices) present.push({ index, color: colorFor(index, remembered, present) });
        const numbers = present.flatMap((one) => (one.color === 'own' ? [] : [one.color]));
        assert.equal(new Set(numbers).size, numbers.length);
      }),
    );
  });

  it('look as they were left, unless what was kept makes no sense', () => {
    const look = { index: 2, visible: false, color: 'own' } as const;
    const wrong = [{ ...look, color: 99 }, { ...look, index: -1 }, { index: 1 }, 'x', null];
    assert.deepEqual(parseState({ ...INITIAL_STATE, looks: [look, ...wrong] }).looks, [look]);
    assert.deepEqual(parseState({ looks: 'x' }).looks, []);
  });
});

describe('messages about structures together and residues', () => {
  const overlay = {
    type: 'overlay',
    serial: 1,
    index: 2,
    label: 'b',
    fileName: 'b.pdb',
    format: 'pdb',
    bytes: new Uint8Array(1),
  };
  const marks = { type: 'marks', serial: 1, selected: [{ chain: 0, from: 1, to: 3 }], pointed: { chain: 0, at: 2 } };
  const chains = { type: 'chains', serial: 1, chains: [{ name: 'A', sequence: 'MK', numbers: [-1, 4] }] };

  it('pass when they are whole', () => {
    for (const message of [
      overlay,
      marks,
      { type: 'overlay-failed', serial: 1, index: 0, text: 'a' },
      { type: 'models', labels: ['a'] },
    ]) {
      assert.deepEqual(parseHostMessage(message), message);
    }
    for (const message of [
      marks,
      chains,
      { type: 'lay-over', index: 1 },
      { type: 'take-away', index: 0 },
      { type: 'add-files' },
      { type: 'add-results' },
      { type: 'reveal-in-fasta' },
    ]) {
      assert.deepEqual(parsePageMessage(message), message);
    }
  });

  it('are refused when any field is wrong', () => {
    for (const wrong of [
      { serial: -1 },
      { index: 'x' },
      { label: 1 },
      { fileName: 1 },
      { format: 'sdf' },
      { bytes: [] },
    ]) {
      assert.equal(parseHostMessage({ ...overlay, ...wrong }), undefined, JSON.stringify(wrong));
    }
    assert.equal(parseHostMessage({ type: 'models', labels: [1] }), undefined);
    const [span] = marks.selected;
    for (const wrong of [
      { serial: 1.5 },
      { selected: [{ ...span, to: 1 }] },
      { selected: 1 },
      { pointed: { chain: 0 } },
    ]) {
      assert.equal(parsePageMessage({ ...marks, ...wrong }), undefined, JSON.stringify(wrong));
      assert.equal(parseHostMessage({ ...marks, ...wrong }), undefined, JSON.stringify(wrong));
    }
    for (const wrong of [{ sequence: 'mk' }, { sequence: 'M' }, { numbers: [1, 1.5] }, { name: 1 }]) {
      const message = { ...chains, chains: [{ ...chains.chains[0], ...wrong }] };
      assert.equal(parsePageMessage(message), undefined, JSON.stringify(wrong));
    }
    assert.equal(parsePageMessage({ type: 'lay-over', index: -1 }), undefined);
  });
});

describe('chains of a structure as the editor is told them', () => {
  const kinds = fc.constantFrom(
    'polymer' as const,
    'polymer' as const,
    'polymer' as const,
    'water' as const,
    'ligand' as const,
  );
  const residue = fc.record({
    name: fc.constantFrom('ALA', 'MSE', 'LYS', 'ABC'),
    chain: fc.constantFrom('A', 'B'),
    kind: kinds,
  });
  const data = fc.tuple(fc.array(residue, { maxLength: 20 }), fc.integer({ min: 1, max: 3 })).map(([list, members]) => {
    const residues = Array.from({ length: members }, (_, at) =>
      list.map(
        (one, index): ResidueInfo => ({
          ...one,
          number: index - 3,
          insertion: '',
          secondary: 'coil',
          model: at,
          atom: 0,
        }),
      ),
    ).flat();
    return {
      atomCount: 0,
      modelCount: members,
      residues,
      hasNucleic: false,
      residueOfAtom: [],
      bFactors: [],
    } satisfies StructureData;
  });

  it('hold every residue of the polymer once, and lead back to it', () => {
    fc.assert(
      fc.property(data, (structure) => {
        const table = chainTable(structure);
        for (const [index, { kind, model: member, name }] of structure.residues.entries()) {
          const place = table.placeOf[index];
          assert.equal(place !== undefined, kind === 'polymer');
          if (!place) continue;
          assert.equal(table.find(member, place), index);
          const letter = table.chains[place.chain]?.sequence[place.at];
          assert.equal(letter, { ALA: 'A', MSE: 'M', LYS: 'K', ABC: 'X' }[name]);
        }
        const total = table.chains.reduce((sum, { sequence }) => sum + sequence.length, 0);
        assert.equal(total, structure.residues.filter((one) => one.kind === 'polymer' && one.model === 0).length);
      }),
    );
  });

  it('are told in spans that hold the selected residues and no others', () => {
    fc.assert(
      fc.property(data, fc.array(fc.nat(30)), (structure, picked) => {
        const table = chainTable(structure);
        const polymer = picked.filter(
          (at) => structure.residues[at]?.kind === 'polymer' && structure.residues[at]?.model === 0,
        );
        const found = spansOf(
          table,
          new Set(picked.filter((at) => (structure.residues[at]?.model ?? 1) === 0)),
        ).flatMap(({ chain, from, to }) =>
          Array.from({ length: to - from }, (_, at) => table.find(0, { chain, at: from + at })),
        );
        assert.deepEqual([...found].sort(), [...new Set(polymer)].sort());
      }),
    );
  });
});
