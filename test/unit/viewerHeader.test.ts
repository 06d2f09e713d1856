import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BinaryCifError, readBinaryCifText } from '../../webview/bcifText.ts';
import { withChemComp } from '../../webview/cifRepair.ts';
import { readCifCategory } from '../../webview/cifText.ts';
import { describeProvenance } from '../../webview/describe.ts';
import { readHeader } from '../../webview/header.ts';
import { bcifBytes, bytes, cifText, experimentalPdb, fourBands, pdbText } from '../support/structureFiles.ts';

describe('mmCIF categories', () => {
  it('are read when they are looped', () => {
    const text =
      "data_X\n#\nloop_\n_ma_qa_metric.id\n_ma_qa_metric.mode\n_ma_qa_metric.name\n1 global 'p LDDT'\n2 local pLDDT\n#\n_x.y 1\n";
    const category = readCifCategory(text, '_ma_qa_metric');
    assert.deepEqual(category?.get('name'), ['p LDDT', 'pLDDT']);
    assert.deepEqual(category?.get('id'), ['1', '2']);
  });

  it('are read when they are not looped, over several lines, with any quotes', () => {
    const text = `data_X\n_struct.entry_id   X\n_struct.title\n;A title\nin two lines\n;\n_struct.other "it's"\n_exptl.method 'X-RAY DIFFRACTION'\n`;
    const category = readCifCategory(text, '_struct');
    assert.deepEqual(category?.get('title'), ['A title\nin two lines']);
    assert.deepEqual(category?.get('other'), ["it's"]);
    assert.equal(readCifCategory(text, '_exptl')?.get('method')?.[0], 'X-RAY DIFFRACTION');
  });

  it('are not confused with categories whose names begin alike', () => {
    const text = 'data_X\n_ma_qa_metric_global.name wrong\nloop_\n_ma_qa_metric.name\nright\n';
    assert.deepEqual(readCifCategory(text, '_ma_qa_metric')?.get('name'), ['right']);
  });

  it('are absent when they are absent', () => {
    assert.equal(readCifCategory('data_X\n', '_ma_qa_metric'), undefined);
  });

  it('give back any plain values, looped or not', () => {
    const value = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 .,-]{0,20}$/).map((text) => text.trim());
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), (values) => {
        const quoted = values.map((text) => `'${text}'`);
        const looped = `data_X\nloop_\n_a.b\n_a.c\n${quoted.map((text, index) => `${text} ${index}`).join('\n')}\n#\n`;
        assert.deepEqual(readCifCategory(looped, '_a')?.get('b'), values);
        assert.deepEqual(readCifCategory(`data_X\n_a.b ${quoted[0]}\n`, '_a')?.get('b'), [values[0]]);
      }),
    );
  });

  it('never crash on arbitrary text', () => {
    const piece = fc.constantFrom('loop_\n', '_a.b ', '_a.c\n', "'x", '"', ';\n', '\n;', ' 1 ', '#', 'data_x\n');
    fc.assert(fc.property(fc.array(piece), (pieces) => void readCifCategory(pieces.join(''), '_a')));
  });
});

describe('mmCIF without a table of components', () => {
  it('gets one, in its data block, and keeps all else', () => {
    const bare = cifText("_struct.title 'Größe'", fourBands);
    const text = new TextDecoder().decode(withChemComp(bytes(bare)));
    assert.deepEqual(readCifCategory(text, '_chem_comp')?.get('id'), ['?']);
    assert.equal(readCifCategory(text, '_struct')?.get('title')?.[0], 'Größe');
    assert.equal(text.replace(/\n#\nloop_\n_chem_comp[\s\S]*?non-polymer\n#\n/, ''), bare);
  });

  it('is left alone when it has one, or is no mmCIF', () => {
    for (const text of [
      "data_X\n_chem_comp.id ALA\n_chem_comp.type 'x'\n",
      'data_X\nloop_\n_chem_comp.id\nALA\n',
      'something',
      '',
    ]) {
      const original = bytes(text);
      assert.equal(withChemComp(original), original);
    }
  });
});

describe('BinaryCIF texts', () => {
  it('are found by category and column', () => {
    const text = readBinaryCifText(bcifBytes({ '_ma_qa_metric.name': 'pLDDT', '_struct.title': 'Insulin' }, fourBands));
    assert.equal(text('_ma_qa_metric', 'name'), 'pLDDT');
    assert.equal(text('_struct', 'title'), 'Insulin');
    assert.equal(text('_struct', 'nothing'), undefined);
    assert.equal(text('_atom_site', 'label_asym_id'), 'A');
  });

  it('of damaged files are refused, not misread', () => {
    const whole = bcifBytes({ '_struct.title': 'Insulin' }, fourBands);
    assert.throws(() => readBinaryCifText(whole.subarray(0, whole.length / 2)), BinaryCifError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        try {
          readBinaryCifText(data)('_a', 'b');
        } catch (error) {
          assert.ok(error instanceof BinaryCifError, String(error));
        }
      }),
    );
  });
});

describe('headers', () => {
  it('of an experimental PDB file', () => {
    const header = readHeader(bytes(experimentalPdb()), 'pdb');
    assert.equal(header.title, 'CRYSTAL STRUCTURE OF E. COLI CSDE');
    assert.equal(header.method, 'X-RAY DIFFRACTION');
    assert.equal(header.provenance, undefined);
  });

  it('join a title over several lines', () => {
    const header = readHeader(bytes('TITLE     ALPHAFOLD MONOMER V2.0 PREDICTION FOR A\nTITLE    2 B\n'), 'pdb');
    assert.equal(header.title, 'ALPHAFOLD MONOMER V2.0 PREDICTION FOR A B');
  });

  it('of mmCIF and BinaryCIF say the same', () => {
    const cif = cifText(
      "_struct.title 'Insulin'\nloop_\n_ma_qa_metric.id\n_ma_qa_metric.name\n1 'Estimated CA-lDDT'\n",
      fourBands,
    );
    const bcif = bcifBytes({ '_struct.title': 'Insulin', '_ma_qa_metric.name': 'Estimated CA-lDDT' }, fourBands);
    assert.deepEqual(readHeader(bytes(cif), 'cif'), readHeader(bcif, 'bcif'));
    assert.deepEqual(readHeader(bcif, 'bcif').qualityMetrics, ['Estimated CA-lDDT']);
  });

  it('of a model of the homology engine tell its origin', () => {
    const text = pdbText(
      [
        'TITLE     HOMOLOGY MODEL OF QUERY ON TEMPLATE 1NI7_A',
        'EXPDTA    THEORETICAL MODEL',
        'REMARK   3 ENGINE: foldpad-homology 0.1.0',
        'REMARK   3 CREATED: 2026-11-22T10:00:00+00:00',
        'REMARK   3 TEMPLATE: PDB 1ni7 CHAIN A',
        'REMARK   3 TEMPLATE IDENTITY: 34.2 PERCENT OF ALIGNED RESIDUES',
        'REMARK   3 B-FACTOR COLUMN: ESTIMATED CA-LDDT, 0 (WRONG) TO 100 (RIGHT).',
      ],
      fourBands,
    );
    const header = readHeader(bytes(text), 'pdb');
    assert.equal(
      describeProvenance(undefined, header),
      'foldpad-homology 0.1.0 · template 1ni7_A (34 % identical) · 2026-11-22',
    );
  });

  it('of damaged BinaryCIF are empty; the parser will say why', () => {
    assert.equal(readHeader(new Uint8Array([0xc1]), 'bcif').title, '');
  });
});
