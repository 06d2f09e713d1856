/**
 * What page and editor tell each other of residues: the sequences that a page shows, and which of their residues are
 * pointed at or selected. Pure: part of the protocol.
 */

/** One chain of the shown structure, as its file has it. */
export interface ChainSequence {
  readonly name: string;
  /** One letter for each residue; `X` for what has none. */
  readonly sequence: string;
  /** The file's number of each residue; need not start at 1, may leave numbers out or repeat them. */
  readonly numbers: readonly number[];
}

/** One residue: index of its chain, position in the chain's sequence, both from 0. */
export interface ChainResidue {
  readonly chain: number;
  readonly at: number;
}

/** Residues of a chain that follow each other; `to` is exclusive. */
export interface ChainSpan {
  readonly chain: number;
  readonly from: number;
  readonly to: number;
}

/** What is marked. */
export interface ResidueMarks {
  readonly pointed?: ChainResidue;
  readonly selected: readonly ChainSpan[];
}

/** The page tells which sequences it shows, after each structure. */
export interface ChainsMessage {
  readonly type: 'chains';
  readonly serial: number;
  readonly chains: readonly ChainSequence[];
}

/** Either side tells what was marked by its user. `serial` names the structure it belongs to. */
export interface MarksMessage extends ResidueMarks {
  readonly type: 'marks';
  readonly serial: number;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export function isChainsMessage(value: Fields): boolean {
  const isChain = (chain: unknown): boolean =>
    isFields(chain) &&
    typeof chain.name === 'string' &&
    typeof chain.sequence === 'string' &&
    /^[A-Z]*$/.test(chain.sequence) &&
    Array.isArray(chain.numbers) &&
    chain.numbers.length === chain.sequence.length &&
    chain.numbers.every(Number.isSafeInteger);
  return isCount(value.serial) && Array.isArray(value.chains) && value.chains.every(isChain);
}

export function isMarksMessage(value: Fields): boolean {
  const { pointed, selected } = value;
  const isSpan = (span: unknown): boolean =>
    isFields(span) && isCount(span.chain) && isCount(span.from) && isCount(span.to) && span.from < span.to;
  return (
    isCount(value.serial) &&
    (pointed === undefined || (isFields(pointed) && isCount(pointed.chain) && isCount(pointed.at))) &&
    Array.isArray(selected) &&
    selected.every(isSpan)
  );
}
