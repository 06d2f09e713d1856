/**
 * What the numbers in the B-factor column of a structure mean.
 * A number is called confidence only when its maker says so; everything else stays a B-factor. Pure.
 */

import type { ConfidenceMetric, DeclaredConfidence } from '../extension/structure/protocol.ts';
import type { StructureHeader } from './header.ts';

/** Names as the legend writes them. */
export const METRIC_NAMES: Readonly<Record<ConfidenceMetric, string>> = {
  plddt: 'pLDDT',
  'estimated-ca-lddt': 'Estimated CA-lDDT',
};

/** What the values are, and how that is known. */
export type ValueMeaning =
  | {
      readonly kind: 'confidence';
      readonly metric: ConfidenceMetric;
      readonly name: string;
      /** Multiply a value of the file by it to get 0–100. */
      readonly factor: 1 | 100;
      readonly evidence: string;
    }
  | { readonly kind: 'b-factor'; readonly name: string; readonly factor: 1; readonly evidence: string };

/** What is known about the values besides the header. */
export interface ValueFacts {
  readonly fileName: string;
  readonly min: number;
  readonly max: number;
  /** True when all atoms of each residue carry the same value, as predictors write it and crystallographers do not. */
  readonly uniformInResidues: boolean;
}

/** How the programs name their files: AlphaFold, the AlphaFold database, ColabFold, Boltz, ESMFold. */
const PREDICTED_FILE_NAME =
  /^(af-[a-z0-9]+-f\d+-model_v\d+|ranked_\d+|(un)?relaxed_model_\d|.*_(un)?relaxed_(rank_|alphafold2))/i;

/** Methods of the PDB's controlled list that measure; `THEORETICAL MODEL` is not one. */
const EXPERIMENT = /diffraction|nmr|microscopy|crystallography|scattering|fluorescence|infrared|epr/i;

const bFactor = (evidence: string): ValueMeaning => ({ kind: 'b-factor', name: 'B-factor', factor: 1, evidence });

/**
 * Decides the meaning.
 * @param declared what the result itself says; it wins.
 */
export function meaningOf(
  header: StructureHeader,
  facts: ValueFacts,
  declared?: Pick<DeclaredConfidence, 'metric'>,
): ValueMeaning {
  const claim = declared ? { metric: declared.metric, evidence: 'stated by the result' } : claimedBy(header, facts);
  if (typeof claim === 'string') return bFactor(claim);
  const { metric, evidence } = claim;
  if (facts.min > facts.max) return bFactor('there are no residues to speak of');
  if (!(facts.min >= 0 && facts.max <= 100)) {
    return bFactor(
      `${METRIC_NAMES[metric]} was expected (${evidence}), but the values run from ${facts.min.toFixed(1)} to ` +
        `${facts.max.toFixed(1)} and not from 0 to 100`,
    );
  }
  // ESMFold and others write 0–1. A whole model of at most 1 on the scale of 100 does not exist.
  const factor = facts.max <= 1 && facts.max > 0 ? 100 : 1;
  return { kind: 'confidence', metric, name: METRIC_NAMES[metric], factor, evidence };
}

/** A metric with its evidence, or why there is none. */
function claimedBy(
  header: StructureHeader,
  facts: ValueFacts,
): { readonly metric: ConfidenceMetric; readonly evidence: string } | string {
  for (const name of header.qualityMetrics) {
    if (/ca-?\s?lddt/i.test(name)) return { metric: 'estimated-ca-lddt', evidence: `the file says “${name}”` };
    if (/plddt/i.test(name)) return { metric: 'plddt', evidence: `the file says “${name}”` };
  }
  const line = header.remarks.find((remark) => /estimated\s+ca-?lddt/i.test(remark));
  if (line) return { metric: 'estimated-ca-lddt', evidence: `the file says “${line.trim()}”` };
  const plddtLine = header.remarks.find(
    (remark) => /\bplddt\b/i.test(remark) && /b-?factor/i.test(remark) && !/\bnot\b/i.test(remark),
  );
  if (plddtLine) return { metric: 'plddt', evidence: `the file says “${plddtLine.trim()}”` };

  if (EXPERIMENT.test(header.method)) return `the structure was measured: ${header.method.toLowerCase()}`;
  if (/\b(alphafold|esmfold)\b.*\bprediction\b/i.test(header.title)) {
    return { metric: 'plddt', evidence: `the title is “${header.title}”` };
  }
  // A constant column is a placeholder.
  const plausible = facts.uniformInResidues && facts.max > facts.min;
  if (plausible && PREDICTED_FILE_NAME.test(facts.fileName)) {
    return { metric: 'plddt', evidence: `the file is named as AlphaFold names its models` };
  }
  return 'the file does not say that they are a confidence';
}
