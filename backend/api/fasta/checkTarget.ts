import { countUnusual } from './alphabet.ts';
import { plural, shortName } from './explain.ts';
import { sortProblems } from './problems.ts';
import type { CheckTargetOptions, FastaEngine, FastaMode, FastaProblem, FastaRecord, TargetLimits } from './types.ts';

/** What the target rules look at. */
export type TargetRecord = Pick<
  FastaRecord,
  'index' | 'id' | 'sequence' | 'length' | 'letterCounts' | 'line' | 'column' | 'headerEndColumn' | 'complex'
>;

/** The PDB format names chains with one of A–Z, a–z, 0–9; AlphaFold writes it (`PDB_MAX_CHAINS` in its protein.py). */
export const PDB_MAX_CHAINS = 62;

/** Chains that are this far unknown say nothing to an engine. */
const MAX_UNKNOWN_FRACTION = 0.5;

/**
 * Default limits per engine.
 *
 * - alphafold2: 16 residues is the minimum of DeepMind's notebook; 5,000 the longest of the run times in its README.
 * - homology: the template library holds profiles of chains from 30 residues on, and its longest chain has 1,754.
 */
export const TARGET_LIMITS: Readonly<Record<FastaEngine, TargetLimits>> = {
  alphafold2: { minLength: 16, maxLength: 5000, maxTotalLength: 5000, maxChains: PDB_MAX_CHAINS, maxJobs: 1000 },
  homology: { minLength: 30, maxLength: 2000, maxTotalLength: 2000, maxChains: PDB_MAX_CHAINS, maxJobs: 1000 },
};

const ENGINE_NAMES: Readonly<Record<FastaEngine, string>> = {
  alphafold2: 'AlphaFold 2',
  homology: 'The homology engine',
};

type Finding = Pick<FastaProblem, 'code' | 'severity' | 'message' | 'remedy'>;

/**
 * Judges the records of a file as what an engine is to predict: the rules that the parser cannot know. Server, command
 * line and editor all ask here, so that they never disagree.
 *
 * @param records the records of one file; errors of the parser are not repeated, empty records are passed over
 * @returns problems by place; a problem of the whole target stands at its first record, or at line 1 without one
 */
export function checkTarget(records: readonly TargetRecord[], options: CheckTargetOptions): FastaProblem[] {
  const limits = { ...TARGET_LIMITS[options.engine], ...options.limits };
  const problems: FastaProblem[] = [];
  const report = (finding: Finding, record: TargetRecord | undefined): void => {
    problems.push({ ...finding, ...placeOf(record) });
  };
  if (records.length === 0) {
    report(noChain(), undefined);
    return problems;
  }
  for (const record of records) {
    for (const finding of checkChain(record, options.engine, limits)) {
      report(finding, record);
    }
  }
  const whole =
    options.mode === 'multimer' ? checkComplex(records, options.engine, limits) : checkJobs(records, limits);
  for (const { finding, record } of whole) {
    report(finding, record);
  }
  return sortProblems(problems);
}

/** `multimer` when the file says so itself, by `:` between the chains of its only record; else `monomer`. */
export function suggestMode(records: readonly Pick<FastaRecord, 'complex'>[]): FastaMode {
  const first = records[0]?.complex?.id;
  const together = records.length > 1 && first !== undefined && records.every(({ complex }) => complex?.id === first);
  return together ? 'multimer' : 'monomer';
}

function placeOf(record: TargetRecord | undefined): Omit<FastaProblem, keyof Finding> {
  if (record === undefined) {
    return { line: 1, column: 1 };
  }
  const { line, column, headerEndColumn, id, index } = record;
  const end = headerEndColumn > column ? { endColumn: headerEndColumn } : {};
  return { line, column, ...end, recordId: id, recordIndex: index };
}

function* checkChain(record: TargetRecord, engine: FastaEngine, limits: TargetLimits): Generator<Finding> {
  const { length } = record;
  const name = shortName(record.id);
  if (length === 0) {
    return;
  }
  if (length < limits.minLength) {
    yield {
      code: 'chain-too-short',
      severity: 'error',
      message: `Chain "${name}" has ${plural(length, 'residue')}; ${ENGINE_NAMES[engine]} needs at least ${limits.minLength}.`,
      remedy: 'Use the full-length sequence; peptides this short have no fold of their own.',
    };
  }
  if (length > limits.maxLength) {
    yield {
      code: 'chain-too-long',
      severity: 'error',
      message: `Chain "${name}" has ${plural(length, 'residue')}; ${ENGINE_NAMES[engine]} takes at most ${plural(limits.maxLength, 'residue')}.`,
      remedy: 'Split it at domain boundaries (InterPro shows them) and predict the domains as records of their own.',
    };
  }
  const unknown = countUnusual(record.letterCounts);
  if (unknown >= length * MAX_UNKNOWN_FRACTION) {
    yield {
      code: 'too-many-unknown',
      severity: 'error',
      message: `${plural(unknown, 'residue')} of ${length} in chain "${name}" are unknown (X) or ambiguous.`,
      remedy: 'Use a sequence with its residues known: X, B, Z, J, U and O tell an engine nothing.',
    };
  }
}

interface Placed {
  readonly finding: Finding;
  readonly record: TargetRecord | undefined;
}

function checkJobs(records: readonly TargetRecord[], limits: TargetLimits): Placed[] {
  const placed: Placed[] = [];
  if (records.length > limits.maxJobs) {
    const message = `The file makes ${plural(records.length, 'job')}; at most ${plural(limits.maxJobs, 'job')} can be submitted at once.`;
    const remedy = 'Split the file, or keep only the sequences that you want to predict.';
    placed.push({
      finding: { code: 'too-many-jobs', severity: 'error', message, remedy },
      record: records[limits.maxJobs],
    });
  }
  for (const record of records.filter(({ complex }) => complex?.chain === 1)) {
    const message = `The chains of complex "${shortName(record.complex?.id ?? '')}" will be predicted one by one, without their contacts.`;
    const remedy = 'Choose multimer to predict them together.';
    placed.push({ finding: { code: 'complex-as-monomers', severity: 'warning', message, remedy }, record });
  }
  return placed;
}

function checkComplex(records: readonly TargetRecord[], engine: FastaEngine, limits: TargetLimits): Placed[] {
  const [first] = records;
  const findings: Placed[] = [];
  const add = (finding: Finding, record = first): void => {
    findings.push({ finding, record });
  };
  if (engine === 'homology') {
    add({
      code: 'multimer-unsupported',
      severity: 'error',
      message: 'The homology engine models single chains, not complexes.',
      remedy: 'Predict the chains as monomers, each as a job of its own, or choose AlphaFold 2 for the complex.',
    });
    return findings;
  }
  if (records.length === 1) {
    add({
      code: 'single-chain-multimer',
      severity: 'warning',
      message: 'A complex of one chain is a monomer, which the monomer models predict better and faster.',
      remedy: 'Choose monomer, or add the other chains as records of the same file.',
    });
  }
  if (records.length > limits.maxChains) {
    add(
      {
        code: 'too-many-chains',
        severity: 'error',
        message: `The complex has ${plural(records.length, 'chain')}; at most ${limits.maxChains} can be named in a PDB file.`,
        remedy: 'Predict a smaller part of the complex, such as its repeating unit.',
      },
      records[limits.maxChains] ?? first,
    );
  }
  const total = records.reduce((sum, { length }) => sum + length, 0);
  if (total > limits.maxTotalLength) {
    add({
      code: 'target-too-long',
      severity: 'error',
      message: `The complex has ${plural(total, 'residue')}; ${ENGINE_NAMES[engine]} takes at most ${plural(limits.maxTotalLength, 'residue')} in all.`,
      remedy: 'Predict a smaller part of the complex: fewer chains, or only the domains that touch.',
    });
  }
  if (records.length > 1) {
    add(stoichiometry(records));
  }
  return findings;
}

function noChain(): Finding {
  return {
    code: 'no-chain',
    severity: 'error',
    message: 'There is no sequence to predict.',
    remedy: 'Give at least one record with a protein sequence.',
  };
}

/** Equal chains counted: A2B2 of two sequences that occur twice each. */
function stoichiometry(records: readonly TargetRecord[]): Finding {
  const groups = new Map<string, TargetRecord[]>();
  for (const record of records) {
    const group = groups.get(record.sequence);
    if (group === undefined) {
      groups.set(record.sequence, [record]);
    } else {
      group.push(record);
    }
  }
  const formula = Array.from(groups.values(), (group, index) => {
    return `${chainLetter(index)}${group.length > 1 ? group.length : ''}`;
  }).join('');
  const kind = groups.size === 1 ? 'homo-oligomer' : 'hetero-oligomer';
  return {
    code: 'stoichiometry',
    severity: 'info',
    message: `The complex is a ${kind} of ${plural(records.length, 'chain')}, ${formula}: ${plural(groups.size, 'different sequence')}.`,
    remedy: 'Repeat a record for every copy of its chain in the complex.',
  };
}

/** A … Z, then A', B' … */
function chainLetter(index: number): string {
  return String.fromCharCode(65 + (index % 26)) + "'".repeat(Math.floor(index / 26));
}
