import type { FastaHeader } from './types.ts';

/** Longest header that is kept. NCBI's nr joins thousands of names with ^A; their first says enough. */
export const MAX_HEADER_BYTES = 65_536;

/** `4HHB_1|Chains A, C|Hemoglobin subunit alpha|Homo sapiens (9606)`: RCSB since 2020. */
const RCSB = /^([0-9A-Za-z]{4,12})_(\d+)\|Chains? ([^|]*)\|([^|]*)(?:\|(.*))?$/;
/** `4HHB:A|PDBID|CHAIN|SEQUENCE`: RCSB before 2020. */
const RCSB_OLD = /^([0-9A-Za-z]{4}):([^|\s]+)\|PDBID\|CHAIN\|SEQUENCE\b(.*)$/;
const UNIPROT = /^(sp|tr)\|([A-Z0-9-]+)\|(\S+)(?:\s+(.*))?$/s;
/** `4HHB_A Chain A, Hemoglobin [Homo sapiens]` and `pdb|4HHB|A Chain A, …`: NCBI's names of PDB chains. */
const NCBI_PDB_CHAIN = /^(?:pdb\|)?([0-9][0-9A-Za-z]{3})[_|]([0-9A-Za-z]{1,4})(?:\s+(.*))?$/s;
const UNIREF = /^UniRef(?:100|90|50)_(\S+)(?:\s+(.*))?$/s;
const ALPHAFOLD_DB = /^AFDB:(AF-([A-Z0-9]+)-F\d+)(?:\s+(.*))?$/s;
/** Accession shapes of RefSeq and of UniProt (https://www.uniprot.org/help/accession_numbers). */
const REFSEQ = /^[ANXYW]P_\d+(?:\.\d+)?$/;
const UNIPROT_ACCESSION = /^(?:[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2})(?:-\d+)?$/;
const ENSEMBL = /^ENS[A-Z]*P\d{11}(?:\.\d+)?$/;
/** Database tags of NCBI's `tag|accession|` identifiers that name a sequence. */
const NCBI_TAGS = new Set([
  'ref',
  'gb',
  'emb',
  'dbj',
  'pir',
  'prf',
  'sp',
  'tr',
  'pdb',
  'tpg',
  'tpe',
  'tpd',
  'pat',
  'lcl',
  'gnl',
]);

type Fields = { -readonly [K in keyof FastaHeader]: FastaHeader[K] };

/**
 * The id of a header (without `>`): its first word; of an RCSB header the part before the first `|`, because its
 * words break in the middle of a field. Always a prefix of the trimmed text, so that it has columns. Empty when
 * the header is.
 */
export function headerId(text: string): string {
  const trimmed = text.trimStart();
  const bar = trimmed.indexOf('|');
  if (bar > 0 && trimmed.startsWith('|Chain', bar) && RCSB.test(trimmed)) {
    return trimmed.slice(0, bar);
  }
  if (bar > 0 && trimmed.startsWith('|PDBID|', bar) && RCSB_OLD.test(trimmed)) {
    return trimmed.slice(0, bar);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ^A parts the headers that NCBI joins into one.
  const end = trimmed.search(/[\s\u0001]/);
  return end < 0 ? trimmed : trimmed.slice(0, end);
}

/** Reads what UniProt, RCSB, NCBI, UniRef, AlphaFold DB and Ensembl write into a header (text without `>`). */
export function parseHeader(text: string): FastaHeader {
  // Of headers joined with ^A the first names the sequence.
  const first = (text.split('\u0001', 1)[0] ?? '').trim();
  const id = headerId(first);
  const fields: Fields = { id, description: first.slice(id.length).replace(/^[\s|]+/, '') };
  const read =
    readUniprot(first, fields) ||
    readRcsb(first, fields) ||
    readUniref(first, fields) ||
    readAlphaFoldDb(first, fields) ||
    readNcbiPdb(first, fields) ||
    readNcbiTags(id, fields) ||
    readBareAccession(id, fields);
  readTrailingOrganism(fields, read);
  return fields;
}

function readUniprot(text: string, fields: Fields): boolean {
  const match = UNIPROT.exec(text);
  if (match === null) {
    return false;
  }
  set(fields, 'database', match[1]);
  set(fields, 'accession', match[2]);
  set(fields, 'entryName', match[3]);
  readKeys(match[4] ?? '', fields);
  return true;
}

/** UniProt's `Name OS=… OX=… GN=… PE=… SV=…`; also UniRef's `Tax=… TaxID=… RepID=…`. */
function readKeys(rest: string, fields: Fields): void {
  let key = '';
  let start = 0;
  for (const mark of rest.matchAll(/\b(OS|OX|GN|PE|SV|n|Tax|TaxID|RepID|UA|UI)=/g)) {
    readKey(key, rest.slice(start, mark.index).trim(), fields);
    key = mark[1] ?? '';
    start = mark.index + mark[0].length;
  }
  readKey(key, rest.slice(start).trim(), fields);
}

function readKey(key: string, value: string, fields: Fields): void {
  switch (key) {
    case '':
      fields.description = value;
      break;
    case 'OS':
    case 'Tax':
      set(fields, 'organism', value);
      break;
    case 'GN':
      set(fields, 'gene', value);
      break;
    case 'UI':
    case 'RepID':
      set(fields, 'entryName', value);
      break;
    case 'OX':
    case 'TaxID':
      setTaxon(fields, value);
      break;
    default:
      break;
  }
}

function readRcsb(text: string, fields: Fields): boolean {
  const old = RCSB_OLD.exec(text);
  if (old !== null) {
    set(fields, 'database', 'pdb');
    set(fields, 'accession', old[1]?.toUpperCase());
    fields.chains = [old[2] ?? ''];
    fields.description = (old[3] ?? '').trim();
    return true;
  }
  const match = RCSB.exec(text);
  if (match === null) {
    return false;
  }
  set(fields, 'database', 'pdb');
  set(fields, 'accession', match[1]?.toUpperCase());
  const names = (match[3] ?? '').split(',').map((name) => /^\s*([^[\s]+)(?:\s*\[auth ([^\]]+)\])?/.exec(name));
  const chains = names.flatMap((name) => (name?.[1] === undefined ? [] : [name[1]]));
  if (chains.length > 0) {
    fields.chains = chains;
  }
  if (names.some((name) => name?.[2] !== undefined)) {
    fields.authChains = names.map((name) => name?.[2] ?? name?.[1] ?? '');
  }
  fields.description = (match[4] ?? '').trim();
  const organism = (match[5] ?? '').trim();
  const taxon = /\((\d+)\)$/.exec(organism);
  set(fields, 'organism', organism.slice(0, taxon?.index).trim());
  setTaxon(fields, taxon?.[1]);
  return true;
}

function readUniref(text: string, fields: Fields): boolean {
  const match = UNIREF.exec(text);
  if (match === null) {
    return false;
  }
  set(fields, 'database', 'uniref');
  set(fields, 'accession', match[1]);
  readKeys(match[2] ?? '', fields);
  return true;
}

function readAlphaFoldDb(text: string, fields: Fields): boolean {
  const match = ALPHAFOLD_DB.exec(text);
  if (match === null) {
    return false;
  }
  set(fields, 'database', 'afdb');
  set(fields, 'accession', match[2]);
  readKeys(match[3] ?? '', fields);
  return true;
}

function readNcbiPdb(text: string, fields: Fields): boolean {
  const match = NCBI_PDB_CHAIN.exec(text);
  if (match === null) {
    return false;
  }
  set(fields, 'database', 'pdb');
  set(fields, 'accession', match[1]?.toUpperCase());
  fields.chains = [match[2] ?? ''];
  fields.description = (match[3] ?? '').replace(/^Chain \S+,\s*/, '');
  return true;
}

/** `gi|4504349|ref|NP_000509.1|` and the like: the last tag with a name after it, since `gi` is retired. */
function readNcbiTags(id: string, fields: Fields): boolean {
  const parts = id.split('|');
  for (let index = parts.length - 2; index >= 0; index--) {
    const tag = parts[index]?.toLowerCase() ?? '';
    const accession = parts[index + 1] ?? '';
    if (NCBI_TAGS.has(tag) && accession !== '') {
      set(fields, 'database', tag);
      set(fields, 'accession', tag === 'gnl' ? (parts[index + 2] ?? accession) : accession);
      const after = parts[index + 2] ?? '';
      if (tag === 'pdb' && after !== '') {
        fields.chains = [after];
      }
      if ((tag === 'sp' || tag === 'tr') && after !== '') {
        fields.entryName = after;
      }
      return true;
    }
  }
  return false;
}

function readBareAccession(id: string, fields: Fields): boolean {
  if (REFSEQ.test(id)) {
    set(fields, 'database', 'ref');
    set(fields, 'accession', id);
  } else if (UNIPROT_ACCESSION.test(id)) {
    set(fields, 'database', 'uniprot');
    set(fields, 'accession', id);
  } else if (ENSEMBL.test(id)) {
    set(fields, 'database', 'ensembl');
    set(fields, 'accession', id);
    set(fields, 'gene', /\bgene_symbol:(\S+)/.exec(fields.description)?.[1]);
  } else {
    return false;
  }
  return true;
}

/** NCBI ends a description with `[Homo sapiens]`. Only believed where the header is NCBI's or the words are two. */
function readTrailingOrganism(fields: Fields, known: boolean): void {
  const open = fields.description.lastIndexOf('[');
  if (fields.organism !== undefined || open < 0 || !fields.description.endsWith(']')) {
    return;
  }
  const organism = fields.description.slice(open + 1, -1).trim();
  if (organism !== '' && (known || /^[A-Z][a-z]+ [a-z]/.test(organism))) {
    fields.organism = organism;
    fields.description = fields.description.slice(0, open).trim();
  }
}

type TextField = 'database' | 'accession' | 'entryName' | 'organism' | 'gene';

function set(fields: Fields, name: TextField, value: string | undefined): void {
  if (value !== undefined && value.trim() !== '') {
    fields[name] = value;
  }
}

function setTaxon(fields: Fields, value: string | undefined): void {
  if (value !== undefined && /^\d{1,9}$/.test(value)) {
    fields.taxonId = Number(value);
  }
}
