/**
 * Makes mmCIF files readable that leave away what the standard lets them leave away.
 * NGL 2.5 stops at files without `_chem_comp`, which Biopython, PyMOL and others do not write. Pure.
 */

/** How much of a file is searched for the table (32 MiB). Where it exists it stands before the atoms. */
const SEARCHED_BYTES = 32 * 1024 * 1024;

/** One component that no structure has: NGL wants the table, and knows the common components by itself. */
const TABLE = "\n#\nloop_\n_chem_comp.id\n_chem_comp.type\n'?' non-polymer\n#\n";

/**
 * An mmCIF text with a `_chem_comp` table.
 * @returns the same bytes when the table is there, or when there is no data block to put it into
 */
export function withChemComp(bytes: Uint8Array): Uint8Array {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, SEARCHED_BYTES));
  if (/^[ \t]*(loop_\s+)?_chem_comp\.id\b/im.test(head)) return bytes;
  const block = /^data_\S*/im.exec(head);
  if (!block) return bytes;
  // In Latin-1 one character is one byte, so that its index is the place in the file.
  const at = block.index + block[0].length;
  const table = new TextEncoder().encode(TABLE);
  const whole = new Uint8Array(bytes.length + table.length);
  whole.set(bytes.subarray(0, at));
  whole.set(table, at);
  whole.set(bytes.subarray(at), at + table.length);
  return whole;
}
