/**
 * The messages between the extension host and the structure page, and the checks both sides make before they believe one.
 * Pure and small: the page loads it too, so the checks are written by hand instead of with a schema library.
 */

import type { StructureFormat } from './formats.ts';
import { type ChainsMessage, isChainsMessage, isMarksMessage, type MarksMessage } from './linkMessages.ts';
import {
  hasOverlayFields,
  isTogetherHostMessage,
  isTogetherPageMessage,
  type TogetherHostMessage,
  type TogetherPageMessage,
} from './togetherMessages.ts';

/** Id of the element of the page that holds its words in the editor's language: JSON, English text to translation. */
export const TEXTS_ELEMENT = 'texts';

/** What the numbers in a structure say. Never mix the names: pLDDT is AlphaFold's own, estimated CA-lDDT is Foldpad's. */
export type ConfidenceMetric = 'plddt' | 'estimated-ca-lddt';

/** Confidence of a predicted structure as its maker states it. */
export interface DeclaredConfidence {
  readonly metric: ConfidenceMetric;
  /**
   * One value for each polymer residue in file order, on a scale of 0–100 (or 0–1, which is recognised).
   * Without it the B-factor column of the file is read.
   */
  readonly perResidue?: readonly number[];
}

/** A template that a homology model stands on. */
export interface TemplateProvenance {
  /** PDB entry and chain, for example `1ni7_A`. */
  readonly id: string;
  /** Fraction of identical residues in the alignment, 0–1. */
  readonly identity?: number;
}

/** Who made a structure, from what, and when. */
export interface Provenance {
  /** For example `Homology (HH-suite 3.3.0, ProMod3 3.2.1)` or `AlphaFold 2.3.2`. */
  readonly engine: string;
  readonly templates?: readonly TemplateProvenance[];
  /** ISO 8601 date or date-time. */
  readonly createdAt?: string;
}

/** One choice of the model selector. */
export interface ModelChoice {
  /** For example `Rank 1 · model_3`. */
  readonly label: string;
}

/** A structure file on its way to the page. */
export interface StructureMessage {
  readonly type: 'structure';
  /** Counts up; the page quotes it, so that an answer about an older structure is told apart. */
  readonly serial: number;
  readonly title: string;
  /** File name with extension, without folder. */
  readonly fileName: string;
  readonly format: StructureFormat;
  /** The file as it lies on disk, gzipped or not: the page tells by the first bytes. */
  readonly bytes: Uint8Array;
  /** All models of this result, best first; one entry when there is nothing to choose. */
  readonly models: readonly ModelChoice[];
  readonly selectedModel: number;
  /** How many further structures follow, to be laid over this one. */
  readonly together?: number;
  readonly confidence?: DeclaredConfidence;
  readonly provenance?: Provenance;
  /** The model's predicted aligned errors: a JSON file as its maker wrote it, gzipped or not. */
  readonly pae?: Uint8Array;
  /** True when the same file was read again: the page then keeps its camera. */
  readonly reloaded: boolean;
  /** True when the host can show the file in a text editor. */
  readonly canOpenAsText: boolean;
  /** Opaque JSON the page keeps in its state, so that the host can open the same thing after a window reload. */
  readonly restore?: unknown;
}

/** A further structure to lay over the shown one. */
export interface OverlayMessage {
  readonly type: 'overlay';
  /** Of the structure that it is laid over. */
  readonly serial: number;
  /** Which of the `models` of the structure message it is. */
  readonly index: number;
  readonly label: string;
  /** File name with extension, without folder. */
  readonly fileName: string;
  readonly format: StructureFormat;
  readonly bytes: Uint8Array;
  readonly confidence?: DeclaredConfidence;
}

/** Messages the host sends. */
export type HostMessage =
  | StructureMessage
  | OverlayMessage
  | TogetherHostMessage
  | MarksMessage
  | { readonly type: 'reading'; readonly fileName: string }
  /** Nothing can be shown. `remedy` says what to do next. */
  | { readonly type: 'unreadable'; readonly problem: string; readonly remedy: string }
  /** What is shown stays, with a word about it (file deleted on disk…). */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'file-saved'; readonly outcome: 'saved' | 'cancelled' | 'failed'; readonly detail: string }
  /** Asks for a count of what is drawn. The page answers `measured`; it only reads. */
  | { readonly type: 'measure'; readonly id: number };

/** Pixels drawn per confidence band, nearest colour in chromaticity, and everything else that was drawn. */
export interface PixelCounts {
  readonly veryHigh: number;
  readonly high: number;
  readonly low: number;
  readonly veryLow: number;
  readonly other: number;
  readonly background: number;
}

/** Messages the page sends. */
export type PageMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'shown'; readonly serial: number; readonly atoms: number; readonly residues: number }
  | { readonly type: 'failed'; readonly serial: number; readonly problem: string }
  | { readonly type: 'select-model'; readonly index: number }
  | TogetherPageMessage
  | ChainsMessage
  | MarksMessage
  /** Asks for the marked residues, or the sequence, in the FASTA file that holds it. */
  | { readonly type: 'reveal-in-fasta' }
  | { readonly type: 'save-file'; readonly fileName: string; readonly bytes: Uint8Array }
  | { readonly type: 'open-as-text' }
  | { readonly type: 'retry' }
  | {
      readonly type: 'measured';
      readonly id: number;
      readonly width: number;
      readonly height: number;
      readonly pixels: PixelCounts;
    };

/** Most bytes of a file the host writes (256 MiB); a page cannot fill the disk by accident. */
export const MAX_SAVED_BYTES = 256 * 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isOptional = (value: unknown, check: (value: unknown) => boolean): boolean => value === undefined || check(value);
const isListOf = (value: unknown, check: (value: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(check);

/** Bytes as they arrive: some editors hand a typed array over as its bare buffer. */
function asBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return undefined;
}

function isConfidence(value: unknown): value is DeclaredConfidence {
  return (
    isFields(value) &&
    (value.metric === 'plddt' || value.metric === 'estimated-ca-lddt') &&
    isOptional(value.perResidue, (list) => isListOf(list, (item) => Number.isFinite(item)))
  );
}

function isProvenance(value: unknown): value is Provenance {
  const isTemplate = (item: unknown): boolean =>
    isFields(item) && isText(item.id) && isOptional(item.identity, (identity) => Number.isFinite(identity));
  return (
    isFields(value) &&
    isText(value.engine) &&
    isOptional(value.templates, (list) => isListOf(list, isTemplate)) &&
    isOptional(value.createdAt, isText)
  );
}

function parseStructure(message: Fields): StructureMessage | undefined {
  const bytes = asBytes(message.bytes);
  const models = message.models;
  const pae = asBytes(message.pae);
  const good =
    bytes !== undefined &&
    (message.pae === undefined || pae !== undefined) &&
    isCount(message.serial) &&
    isText(message.title) &&
    isText(message.fileName) &&
    isFormat(message.format) &&
    isFlag(message.reloaded) &&
    isFlag(message.canOpenAsText) &&
    isListOf(models, (model) => isFields(model) && isText(model.label)) &&
    isCount(message.selectedModel) &&
    message.selectedModel < (models as readonly unknown[]).length &&
    isOptional(message.together, isCount) &&
    isOptional(message.confidence, isConfidence) &&
    isOptional(message.provenance, isProvenance);
  return good ? ({ ...message, bytes, ...(pae && { pae }) } as unknown as StructureMessage) : undefined;
}

const isFormat = (value: unknown): boolean => value === 'pdb' || value === 'cif' || value === 'bcif';

function parseOverlay(message: Fields): OverlayMessage | undefined {
  const bytes = asBytes(message.bytes);
  const good =
    bytes !== undefined &&
    hasOverlayFields(message) &&
    isFormat(message.format) &&
    isOptional(message.confidence, isConfidence);
  return good ? ({ ...message, bytes } as unknown as OverlayMessage) : undefined;
}

/** A message from the host, checked; undefined for anything else. */
export function parseHostMessage(value: unknown): HostMessage | undefined {
  if (!isFields(value)) return undefined;
  switch (value.type) {
    case 'structure':
      return parseStructure(value);
    case 'overlay':
      return parseOverlay(value);
    case 'marks':
      return isMarksMessage(value) ? (value as unknown as HostMessage) : undefined;
    case 'reading':
      return isText(value.fileName) ? (value as unknown as HostMessage) : undefined;
    case 'unreadable':
      return isText(value.problem) && isText(value.remedy) ? (value as unknown as HostMessage) : undefined;
    case 'notice':
      return isText(value.text) ? (value as unknown as HostMessage) : undefined;
    case 'file-saved':
      return (value.outcome === 'saved' || value.outcome === 'cancelled' || value.outcome === 'failed') &&
        isText(value.detail)
        ? (value as unknown as HostMessage)
        : undefined;
    case 'measure':
      return isCount(value.id) ? (value as unknown as HostMessage) : undefined;
    default:
      return isTogetherHostMessage(value) ? (value as unknown as HostMessage) : undefined;
  }
}

const PIXEL_FIELDS: readonly (keyof PixelCounts)[] = ['veryHigh', 'high', 'low', 'veryLow', 'other', 'background'];

function parseSaveFile(message: Fields): PageMessage | undefined {
  const bytes = asBytes(message.bytes);
  if (!bytes || bytes.byteLength > MAX_SAVED_BYTES || !isText(message.fileName)) return undefined;
  // A plain name only: the host decides the folder.
  if (!/^[^/\\\0]{1,200}\.(png|html)$/i.test(message.fileName)) return undefined;
  return { type: 'save-file', fileName: message.fileName, bytes };
}

/** A message from the page, checked; undefined for anything else. */
export function parsePageMessage(value: unknown): PageMessage | undefined {
  if (!isFields(value)) return undefined;
  const message = value as unknown as PageMessage;
  switch (value.type) {
    case 'ready':
    case 'open-as-text':
    case 'reveal-in-fasta':
    case 'retry':
      return message;
    case 'shown':
      return isCount(value.serial) && isCount(value.atoms) && isCount(value.residues) ? message : undefined;
    case 'failed':
      return isCount(value.serial) && isText(value.problem) ? message : undefined;
    case 'select-model':
      return isCount(value.index) ? message : undefined;
    case 'save-file':
      return parseSaveFile(value);
    case 'measured': {
      const pixels = value.pixels;
      const counted = isFields(pixels) && PIXEL_FIELDS.every((field) => isCount(pixels[field]));
      return counted && isCount(value.id) && isCount(value.width) && isCount(value.height) ? message : undefined;
    }
    case 'chains':
      return isChainsMessage(value) ? message : undefined;
    case 'marks':
      return isMarksMessage(value) ? message : undefined;
    default:
      return isTogetherPageMessage(value) ? message : undefined;
  }
}
