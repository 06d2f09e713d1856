import assert from 'node:assert/strict';
import { layOutSequence } from '../../webview/sequence.ts';
import { drawColumn } from '../../webview/sequenceColumn.ts';
import type { ResidueInfo } from '../../webview/structureData.ts';
import { structureOf } from '../support/structureData.ts';

const theme = { text: '', quiet: '', focus: '', selection: '', family: '', monospace: '' };

/** Texts that are drawn for residues with these names. */
function drawn(residues: readonly Pick<ResidueInfo, 'number' | 'insertion'>[]): string[] {
  const whole = structureOf(residues.map(() => 0));
  const data = { ...whole, residues: whole.residues.map((residue, at) => ({ ...residue, ...residues[at] })) };
  const layout = layOutSequence(data, 0);
  const texts: string[] = [];
  const context = {
    fillRect: () => {},
    strokeRect: () => {},
    fillText: (text: string) => texts.push(text),
  } as unknown as CanvasRenderingContext2D;
  const content = { data, layout, colors: new Uint32Array(data.atomCount) };
  for (let column = 0; column < layout.columns; column++) {
    drawColumn(context, content, column, { theme, selected: new Set(), framed: [] });
  }
  return texts;
}

describe('a column of the sequence', () => {
  it('has its number above every tenth residue', () => {
    const residues = Array.from({ length: 25 }, (_, at) => ({ number: at + 5, insertion: '' }));
    assert.deepEqual(
      drawn(residues).filter((text) => text !== 'A'),
      ['10', '20'],
    );
  });

  it('has none above residues that were inserted after a tenth one', () => {
    const insertions = ['', 'A', 'B', 'C'];
    const residues = [99, 100, 101].flatMap((number) =>
      number === 100 ? insertions.map((insertion) => ({ number, insertion })) : [{ number, insertion: '' }],
    );
    assert.deepEqual(drawn(residues), ['A', 'A', '100', 'A', 'A', 'A', 'A']);
  });
});
