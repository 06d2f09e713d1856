import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseStructureFileName, STRUCTURE_EXTENSIONS } from '../../extension/structure/formats.ts';
import { structurePageCsp, structurePageHtml } from '../../extension/structure/pageHtml.ts';
import { parseHostMessage, parsePageMessage, type StructureMessage } from '../../extension/structure/protocol.ts';

const structure: StructureMessage = {
  type: 'structure',
  serial: 1,
  title: 'A',
  fileName: 'a.pdb',
  format: 'pdb',
  bytes: new Uint8Array([1]),
  models: [{ label: 'Rank 1' }],
  selectedModel: 0,
  reloaded: false,
  canOpenAsText: true,
  confidence: { metric: 'plddt', perResidue: [1, 2] },
  provenance: { engine: 'E', templates: [{ id: '1abc_A', identity: 0.4 }], createdAt: '2026-11-22' },
};

describe('messages to the page', () => {
  it('pass when they are whole', () => {
    assert.deepEqual(parseHostMessage(structure), structure);
    for (const message of [
      { type: 'reading', fileName: 'a' },
      { type: 'unreadable', problem: 'a', remedy: 'b' },
      { type: 'notice', text: 'a' },
      { type: 'file-saved', outcome: 'saved', detail: 'a' },
      { type: 'measure', id: 0 },
    ]) {
      assert.deepEqual(parseHostMessage(message), message);
    }
  });

  it('take a bare buffer for bytes', () => {
    const message = parseHostMessage({ ...structure, bytes: new Uint8Array([7]).buffer });
    assert.deepEqual(message?.type === 'structure' && message.bytes, new Uint8Array([7]));
  });

  it('are refused when any field is wrong', () => {
    const wrong: Record<string, unknown[]> = {
      type: ['other', undefined],
      serial: [-1, 1.5, '1'],
      title: [1],
      fileName: [undefined],
      format: ['sdf'],
      bytes: ['text', [1]],
      models: [[], [{}], 'x', undefined],
      selectedModel: [1, -1],
      reloaded: [0],
      canOpenAsText: ['yes'],
      confidence: [{ metric: 'other' }, { metric: 'plddt', perResidue: [Number.NaN] }],
      provenance: [{}, { engine: 'E', templates: [{ identity: 1 }] }],
    };
    for (const [field, values] of Object.entries(wrong)) {
      for (const value of values) {
        assert.equal(parseHostMessage({ ...structure, [field]: value }), undefined, `${field} = ${String(value)}`);
      }
    }
  });
});

describe('messages from the page', () => {
  it('pass when they are whole', () => {
    const pixels = { veryHigh: 1, high: 1, low: 1, veryLow: 1, other: 1, background: 1 };
    for (const message of [
      { type: 'ready' },
      { type: 'retry' },
      { type: 'open-as-text' },
      { type: 'shown', serial: 1, atoms: 2, residues: 3 },
      { type: 'failed', serial: 1, problem: 'a' },
      { type: 'select-model', index: 0 },
      { type: 'save-file', fileName: 'a b.png', bytes: new Uint8Array(1) },
      { type: 'measured', id: 1, width: 1, height: 1, pixels },
    ]) {
      assert.deepEqual(parsePageMessage(message), message);
    }
  });

  it('cannot name a folder, another kind of file, or send no bytes', () => {
    for (const fileName of ['../a.png', 'a/b.png', 'a\\b.png', 'a.exe', '.png', 'a.png\0', `${'a'.repeat(300)}.png`]) {
      assert.equal(parsePageMessage({ type: 'save-file', fileName, bytes: new Uint8Array(1) }), undefined, fileName);
    }
    assert.equal(parsePageMessage({ type: 'save-file', fileName: 'a.png', bytes: 'x' }), undefined);
  });

  it('are checked without ever throwing', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        parsePageMessage(value);
        parseHostMessage(value);
      }),
    );
    const type = fc.constantFrom('structure', 'reading', 'measured', 'save-file', 'shown', 'file-saved');
    fc.assert(
      fc.property(type, fc.dictionary(fc.string(), fc.anything()), (name, rest) => {
        parsePageMessage({ ...rest, type: name });
        parseHostMessage({ ...rest, type: name });
      }),
    );
  });
});

describe('structure file names', () => {
  it('are told by their extension in any letter case, gzipped or not', () => {
    const letterCase = fc.boolean();
    fc.assert(
      fc.property(
        fc.constantFrom(...STRUCTURE_EXTENSIONS),
        fc.array(letterCase, { minLength: 8, maxLength: 8 }),
        fc.boolean(),
        fc.stringMatching(/^[a-z0-9 .[\]_-]{1,20}$/),
        (extension, upper, gzipped, stem) => {
          const mixed = [...`${extension}${gzipped ? '.gz' : ''}`]
            .map((letter, index) => (upper[index] ? letter.toUpperCase() : letter))
            .join('');
          const name = parseStructureFileName(`/some/folder/${stem}.${mixed}`);
          assert.equal(name?.gzipped, gzipped);
          assert.equal(name?.stem, stem);
          assert.equal(name?.format, { pdb: 'pdb', ent: 'pdb', cif: 'cif', mmcif: 'cif', bcif: 'bcif' }[extension]);
        },
      ),
    );
  });

  it('with other extensions are not ours', () => {
    for (const name of ['a.fasta', 'a.pdb.txt', 'pdb', 'a.gz', 'a.pdbqt', '']) {
      assert.equal(parseStructureFileName(name), undefined, name);
    }
  });
});

describe('the page', () => {
  const parts = {
    language: 'en',
    title: 'Structure',
    scriptUri: 'https://x/viewer.js',
    libraryUri: 'https://x/ngl.js',
    styleUri: 'https://x/viewer.css',
    styleSource: 'https://x',
    nonce: 'abc',
  };

  it('allows nothing remote, nothing inline, no eval', () => {
    const csp = structurePageCsp(parts);
    assert.match(csp, /^default-src 'none'/);
    assert.doesNotMatch(csp, /unsafe|connect-src|\*/);
    assert.match(csp, /script-src 'nonce-abc'(;|$)/);
    assert.match(csp, /style-src https:\/\/x(;|$)/);
  });

  it('has its script and the library, with the nonce, and no inline style or handler', () => {
    const html = structurePageHtml(parts);
    assert.deepEqual(html.match(/<script[^>]*>/g), [
      '<script nonce="abc" src="https://x/viewer.js">',
      '<script nonce="abc" src="https://x/ngl.js">',
    ]);
    assert.doesNotMatch(html, /<style|style=| on[a-z]+=/);
  });

  it('carries its words as data that no word can break out of', () => {
    const texts = { 'Try again': '</script><script>alert(1)</script><!--', 'Ends in "quotes"': '重试 & “再试”' };
    const html = structurePageHtml({ ...parts, language: 'zh-cn"><script>', title: '</title><script>', texts });
    assert.equal(html.match(/<script/g)?.length, 3, 'the data, the page’s own script and the library');
    const [, data = ''] = /<script type="application\/json" id="texts">([^<]*)<\/script>/.exec(html) ?? [];
    assert.deepEqual(JSON.parse(data), texts);
  });
});
