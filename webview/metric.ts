/**
 * What the numbers in the B-factor column of a structure mean.
 * A number is called confidence only when its maker says so; everything else stays a B-factor. Pure.
 */

import { t } from '@vscode/l10n';
import type { ConfidenceMetric, DeclaredConfidence } from '../extension/structure/protocol.ts';
import type { StructureHeader } from './header.ts';

/** Names as the legend writes them. */
export const METRIC_NAMES: Readonly<Record<ConfidenceMetric, string>> = {
  plddt: 'pLDDT',
  'estimated-ca-lddt': t('Estimated CA-lDDT'),
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

const bFactor = (evidence: string): ValueMeaning => ({ kind: 'b-factor', name: t('B-factor'), factor: 1, evidence });

/**
 * Decides the meaning.
 * @param declared what the result itself says; it wins.
 */
export function meaningOf(
  header: StructureHeader,
  facts: ValueFacts,
  declared?: Pick<DeclaredConfidence, 'metric'>,
): ValueMeaning {
  const claim = declared ? { metric: declared.metric, evidence: t('stated by the result') } : claimedBy(header, facts);
  if (typeof claim === 'string') return bFactor(claim);
  const { metric, evidence } = claim;
  if (facts.min > facts.max) return bFactor(t('there are no residues to speak of'));
  if (!(facts.min >= 0 && facts.max <= 100)) {
    return bFactor(
      t(
        '{0} was expected ({1}), but the values run from {2} to {3} and not from 0 to 100',
        METRIC_NAMES[metric],
        evidence,
        facts.min.toFixed(1),
        facts.max.toFixed(1),
      ),
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
    if (/ca-?\s?lddt/i.test(name)) return { metric: 'estimated-ca-lddt', evidence: t('the file says “{0}”', name) };
    if (/plddt/i.test(name)) return { metric: 'plddt', evidence: t('the file says “{0}”', name) };
  }
  const line = header.remarks.find((remark) => /estimated\s+ca-?lddt/i.test(remark));
  if (line) return { metric: 'estimated-ca-lddt', evidence: t('the file says “{0}”', line.trim()) };
  const plddtLine = header.remarks.find(
    (remark) => /\bplddt\b/i.test(remark) && /b-?factor/i.test(remark) && !/\bnot\b/i.test(remark),
  );
  if (plddtLine) return { metric: 'plddt', evidence: t('the file says “{0}”', plddtLine.trim()) };

  if (EXPERIMENT.test(header.method)) return t('the structure was measured: {0}', header.method.toLowerCase());
  if (/\b(alphafold|esmfold)\b.*\bprediction\b/i.test(header.title)) {
    return { metric: 'plddt', evidence: t('the title is “{0}”', header.title) };
  }
  // A constant column is a placeholder.
  const plausible = facts.uniformInResidues && facts.max > facts.min;
  if (plausible && PREDICTED_FILE_NAME.test(facts.fileName)) {
    return { metric: 'plddt', evidence: t('the file is named as AlphaFold names its models') };
  }
  return t('the file does not say that they are a confidence');
}
