/** What a structure file says about itself before its coordinates: title, method, what its numbers are. Pure. */

import type { StructureFormat } from '../extension/structure/formats.ts';
import type { Provenance } from '../extension/structure/protocol.ts';
import { type BinaryCifText, readBinaryCifText } from './bcifText.ts';
import { readCifCategory } from './cifText.ts';

/** The header, in the same words for every format. Absent texts are empty. */
export interface StructureHeader {
  readonly title: string;
  /** Experimental method, for example `X-RAY DIFFRACTION`. */
  readonly method: string;
  /** Names of local quality metrics (`_ma_qa_metric.name`). */
  readonly qualityMetrics: readonly string[];
  /** Text of PDB `REMARK` lines without the record name. */
  readonly remarks: readonly string[];
  /** Who made a model of Foldpad, as its own file says. */
  readonly provenance?: Provenance;
}

/** How much of a file is searched for its header (32 MiB); all but giant assemblies are searched whole. */
const SEARCHED_BYTES = 32 * 1024 * 1024;

/** Reads the header of an inflated file. A header that cannot be read is an empty one: the parser will say why. */
export function readHeader(bytes: Uint8Array, format: StructureFormat): StructureHeader {
  if (format === 'bcif') return readBcif(bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, SEARCHED_BYTES));
  return format === 'pdb' ? readPdb(text) : readCif(text);
}

function readPdb(text: string): StructureHeader {
  const end = /^(ATOM {2}|HETATM|MODEL )/m.exec(text);
  const lines = text.slice(0, end?.index ?? text.length).split(/\r?\n/);
  const record = (name: string): string[] => lines.filter((line) => line.startsWith(name));
  // Columns 1–10 hold the record name and a continuation number.
  const joined = (name: string): string =>
    record(name)
      .map((line) => line.slice(10).trim())
      .join(' ');
  const remarks = record('REMARK').map((line) => line.slice(10));
  const provenance = readProvenance(remarks);
  return {
    title: joined('TITLE '),
    method: joined('EXPDTA'),
    qualityMetrics: [],
    remarks,
    ...(provenance && { provenance }),
  };
}

/** Foldpad's homology engine writes `ENGINE:`, `TEMPLATE:`, `TEMPLATE IDENTITY:` and `CREATED:` as remarks. */
function readProvenance(remarks: readonly string[]): Provenance | undefined {
  const after = (key: string): string | undefined =>
    remarks
      .find((remark) => remark.trimStart().startsWith(`${key}:`))
      ?.split(`${key}:`)[1]
      ?.trim();
  const engine = after('ENGINE');
  if (!engine || !remarks.some((remark) => /foldpad/i.test(remark))) return undefined;
  const template = /^PDB (\S+) CHAIN (\S+)/.exec(after('TEMPLATE') ?? '');
  const identity = Number.parseFloat(after('TEMPLATE IDENTITY') ?? '') / 100;
  const createdAt = after('CREATED');
  return {
    engine,
    ...(template && {
      templates: [{ id: `${template[1]}_${template[2]}`, ...(Number.isFinite(identity) && { identity }) }],
    }),
    ...(createdAt && { createdAt }),
  };
}

function readCif(text: string): StructureHeader {
  const values = (category: string, item: string): readonly string[] =>
    (readCifCategory(text, category)?.get(item) ?? []).filter((value) => value !== '?' && value !== '.');
  return {
    title: values('_struct', 'title')[0] ?? '',
    method: values('_exptl', 'method').join(', '),
    qualityMetrics: values('_ma_qa_metric', 'name'),
    remarks: [],
  };
}

function readBcif(bytes: Uint8Array): StructureHeader {
  let column: BinaryCifText;
  try {
    column = readBinaryCifText(bytes);
  } catch {
    column = () => undefined;
  }
  const metric = column('_ma_qa_metric', 'name');
  return {
    title: column('_struct', 'title') ?? '',
    method: column('_exptl', 'method') ?? '',
    qualityMetrics: metric ? [metric] : [],
    remarks: [],
  };
}
