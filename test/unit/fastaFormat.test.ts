import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatFasta, safeName, safeNames } from '../../backend/api/fasta/format.ts';
import { parseFastaText } from '../../backend/api/fasta/parseFasta.ts';

describe('formatFasta', () => {
  it('writes 60 residues a line in upper case', () => {
    const sequence = 'acdefghikl'.repeat(13);
    assert.equal(
      formatFasta({ id: 'a', headerText: 'a thing', sequence }),
      `>a thing\n${'ACDEFGHIKL'.repeat(6)}\n${'ACDEFGHIKL'.repeat(6)}\n${'ACDEFGHIKL'}\n`,
    );
    assert.equal(formatFasta({ id: 'a', sequence: 'MKV' }, Infinity), '>a\nMKV\n');
  });

  it('gives a chain of a complex and a nameless record the id that they have now', () => {
    const { records } = parseFastaText('>d of two\nMKV:AC\n> \nACD\n');
    assert.equal(
      records.map((record) => formatFasta(record)).join(''),
      '>d_1 of two\nMKV\n>d_2 of two\nAC\n>sequence_3\nACD\n',
    );
  });

  it('keeps a header on its line', () => {
    assert.equal(formatFasta({ id: 'a', headerText: 'a b\nMKV\u2028c', sequence: 'AC' }), '>a b MKV c\nAC\n');
  });

  it('refuses a width that makes no sense', () => {
    for (const width of [0, -1, 1.5, Number.NaN]) {
      assert.throws(() => formatFasta({ id: 'a', sequence: 'AC' }, width), RangeError);
    }
  });
});

describe('safeName', () => {
  it('keeps what is readable', () => {
    assert.equal(safeName('sp|P69905|HBA_HUMAN'), 'sp_P69905_HBA_HUMAN');
    assert.equal(safeName('4HHB_1'), '4HHB_1');
    assert.equal(safeName('protéine numéro 1'), 'proteine_numero_1');
    assert.equal(safeName('../../etc/passwd'), 'etc_passwd');
    assert.equal(safeName('--help'), 'help');
    assert.equal(safeName('血红蛋白'), 'sequence');
    assert.equal(safeName('NUL'), '_NUL');
    assert.equal(safeName('con.txt'), '_con.txt');
  });

  it('is always safe, and does not change when taken twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        const name = safeName(id);
        assert.match(name, /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/);
        assert.doesNotMatch(name, /[.]$/);
        assert.equal(safeName(name), name);
      }),
      { numRuns: 500 },
    );
  });

  it('makes different files of different records, also where case does not count', () => {
    assert.deepEqual(safeNames(['a', 'A', 'a', 'a-2', 'b']), ['a', 'A-2', 'a-3', 'a-2-2', 'b']);
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'A', '-', '2', '|', 'é'), maxLength: 4 }), { maxLength: 30 }),
        (ids) => {
          const names = safeNames(ids);
          assert.equal(names.length, ids.length);
          assert.equal(new Set(names.map((name) => name.toLowerCase())).size, ids.length);
          assert.ok(names.every((name) => name.length <= 64));
        },
      ),
    );
  });
});
