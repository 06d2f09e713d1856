/**
 * The FASTA model: what a file, a record and a problem are. Pure data, shared by server, CLI, editor and viewer.
 *
 * **Positions.** Lines and columns count from 1. A column counts UTF-16 code units, as VS Code does (subtract 1 for a
 * `vscode.Position`). `endColumn` is exclusive: it is the column after the last character. A line ends at LF, CR LF or
 * a lone CR. Of a compressed file they are positions in the decompressed text; a byte order mark has no column.
 */

/** `error`: the file or record cannot be predicted. `warning`: it can, with a consequence. `info`: good to know. */
export type FastaSeverity = 'error' | 'warning' | 'info';

/** Stable codes. Editors hang quick fixes on them, tests and clients may compare them. */
export type FastaProblemCode =
  // The file as a whole
  | 'empty-file'
  | 'not-fasta'
  | 'wrong-format'
  | 'binary-file'
  | 'encoding'
  | 'gzip-truncated'
  | 'gzip-damaged'
  | 'gzip-bomb'
  | 'file-too-large'
  | 'too-many-records'
  // Headers and ids
  | 'no-header'
  | 'no-id'
  | 'duplicate-id'
  | 'duplicate-check-limited'
  | 'header-too-long'
  // Sequences
  | 'empty-record'
  | 'empty-chain'
  | 'illegal-letter'
  | 'invisible-character'
  | 'alignment-gap'
  | 'internal-stop'
  | 'record-too-long'
  | 'nucleotide-sequence'
  | 'unusual-residue'
  | 'lower-case'
  | 'position-numbers'
  | 'chain-separator'
  // The target: what an engine can take (checkTarget)
  | 'no-chain'
  | 'chain-too-short'
  | 'chain-too-long'
  | 'target-too-long'
  | 'too-many-chains'
  | 'too-many-jobs'
  | 'too-many-unknown'
  | 'multimer-unsupported'
  | 'single-chain-multimer'
  | 'complex-as-monomers'
  | 'stoichiometry';

/** One thing to tell the user about a FASTA file. */
export interface FastaProblem {
  readonly code: FastaProblemCode;
  readonly severity: FastaSeverity;
  /** One sentence: what is wrong. Does not repeat the position. */
  readonly message: string;
  /** What to do about it. Never empty. */
  readonly remedy: string;
  /** 1-based line; the last line reached when the problem has no better place (a truncated file). */
  readonly line: number;
  /** 1-based column in UTF-16 units. */
  readonly column: number;
  /** Exclusive end on the same line. */
  readonly endColumn?: number;
  readonly recordId?: string;
  /** 0-based index of the record in the file. */
  readonly recordIndex?: number;
}

/** What a header says about its sequence. Fields that the header does not name are absent. */
export interface FastaHeader {
  /** The name of the record: the first word, or the part before the first `|` of an RCSB header. */
  readonly id: string;
  /** Human-readable rest, without the key=value fields that have a place of their own. May be empty. */
  readonly description: string;
  /** `sp`, `tr`, `pdb`, `ref`, `gb`, `emb`, `dbj`, `uniref`, `afdb`, `ensembl` … in lower case. */
  readonly database?: string;
  /** P69905, NP_000549.1, 4HHB … */
  readonly accession?: string;
  /** UniProt entry name: HBA_HUMAN. */
  readonly entryName?: string;
  readonly organism?: string;
  /** NCBI taxonomy id. */
  readonly taxonId?: number;
  readonly gene?: string;
  /** PDB chain names of this sequence, as the header prints them (mmCIF label ids in RCSB files). */
  readonly chains?: readonly string[];
  /** Author chain names where an RCSB header gives them (`Chains A[auth H]`), in the order of `chains`. */
  readonly authChains?: readonly string[];
}

/** A letter that is no standard amino acid, with its first place. */
export interface UnusualResidue {
  /** One of B J O U X Z. */
  readonly letter: string;
  readonly count: number;
  readonly line: number;
  readonly column: number;
}

/** A record that belongs to a complex which was written as `AAA:BBB` in one FASTA record (ColabFold style). */
export interface ComplexPart {
  /** Id of the record in the file. */
  readonly id: string;
  /** 1-based position of this chain in it. */
  readonly chain: number;
}

/** A record without its sequence; all that is kept of each record of a huge file. */
export interface FastaRecordSummary {
  /** 0-based, in file order. */
  readonly index: number;
  /** The header's id. `{id}_{n}` for chain n of a `:`-joined record, `sequence_{n}` for a nameless one. */
  readonly id: string;
  /** The header without `>`, trimmed; empty without a header. `parseHeader` reads what it says. */
  readonly headerText: string;
  /** False for a sequence that stands before any header. */
  readonly hasHeader: boolean;
  /** Line of the header; of the first sequence line without one. */
  readonly line: number;
  /** Column of the `>`; of the first character without a header. */
  readonly column: number;
  /** Columns of the id in the header line, end exclusive. Equal to each other without a header or id. */
  readonly idColumn: number;
  readonly idEndColumn: number;
  /** End of the header line's text, exclusive. */
  readonly headerEndColumn: number;
  /** Last line with a residue; the header's line in an empty record. */
  readonly endLine: number;
  /** Residues, without stops, gaps and illegal letters. */
  readonly length: number;
  /** How often each letter occurs: index 0 is A, 25 is Z. */
  readonly letterCounts: readonly number[];
  readonly unusual: readonly UnusualResidue[];
  /** True when an error was reported for this record: do not predict it. */
  readonly hasErrors: boolean;
  readonly complex?: ComplexPart;
}

/** Where a line of sequence stands in the file. */
export interface SequenceLine {
  readonly line: number;
  /** Column of the line's first residue. */
  readonly column: number;
  /** Column after its last residue. `endColumn - column > length` when blanks or digits stand between residues. */
  readonly endColumn: number;
  /** 0-based index in `sequence` of the line's first residue. */
  readonly start: number;
  readonly length: number;
}

/** A record with its sequence. */
export interface FastaRecord extends FastaRecordSummary {
  /** What the header says. Its id is the record's. */
  readonly header: FastaHeader;
  /** Upper-case letters A–Z only; of a record that is too long, the first `maxRecordLength`. */
  readonly sequence: string;
  /** Filled when `keepLines` was asked for (`parseFastaText` always does), else empty. */
  readonly lines: readonly SequenceLine[];
}

/** Totals, known at the end. Counts include what the capped problem list left out. */
export interface FastaTotals {
  readonly records: number;
  readonly residues: number;
  readonly longest: number;
  readonly lines: number;
  /** Bytes of text, after decompression. */
  readonly bytes: number;
  readonly compressed: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Problems that were counted but not reported one by one. */
  readonly omittedProblems: number;
}

/** What a streaming parse yields: records and problems in file order, then one `end`. */
export type FastaEvent<R extends FastaRecordSummary = FastaRecord> =
  | { readonly type: 'record'; readonly record: R }
  | { readonly type: 'problem'; readonly problem: FastaProblem }
  | { readonly type: 'end'; readonly totals: FastaTotals };

/** A whole file in memory. */
export interface FastaFile {
  readonly records: readonly FastaRecord[];
  readonly problems: readonly FastaProblem[];
  readonly totals: FastaTotals;
}

export interface FastaParseOptions {
  /** Name of a sequence that has no header: the file's name without extension. Default `sequence`. */
  readonly defaultName?: string;
  /** Residues kept of one record; a longer one gets `record-too-long`. Default 100 000 (scanFasta: no limit). */
  readonly maxRecordLength?: number;
  /** More records end the parse with `too-many-records`. Default: no limit. */
  readonly maxRecords?: number;
  /** Bytes of text (after decompression); more end the parse with `file-too-large`. Default: no limit. */
  readonly maxBytes?: number;
  /** Text may be at most this many times larger than its gzip, once it exceeds 16 MiB. Default 200. */
  readonly maxExpansion?: number;
  /** Problems reported one by one, per severity. Default 100. The rest is counted. */
  readonly maxProblems?: number;
  /** Keep the position of every sequence line (about 60 bytes a line). */
  readonly keepLines?: boolean;
  /**
   * The text is one part of a longer file, cut where a header begins: it is not judged as a file (no sniffing of formats,
   * no `empty-file`, no byte order mark), and `before` records of the file came earlier. An editor reads a changed record so.
   */
  readonly part?: { readonly before: number };
}

/** Bytes of a file as they arrive: a Node stream, a web ReadableStream's iterator, an array of chunks. */
export type FastaSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Engines known to the target rules. */
export type FastaEngine = 'alphafold2' | 'homology';

/** `monomer`: every record is a job of its own. `multimer`: all records are the chains of one complex. */
export type FastaMode = 'monomer' | 'multimer';

/** Limits of a target; each has a default per engine, see `TARGET_LIMITS` in checkTarget.ts. */
export interface TargetLimits {
  /** Shortest chain, residues. */
  readonly minLength: number;
  /** Longest chain, residues. */
  readonly maxLength: number;
  /** Longest complex, residues over all chains. */
  readonly maxTotalLength: number;
  /** Chains of one complex. */
  readonly maxChains: number;
  /** Jobs made from one file in monomer mode. */
  readonly maxJobs: number;
}

export interface CheckTargetOptions {
  readonly engine: FastaEngine;
  readonly mode: FastaMode;
  readonly limits?: Partial<TargetLimits>;
}
