/** What the page remembers while it is hidden and over a window reload. Pure. */

import type { Coloring } from './coloring.ts';
import type { Palette } from './confidence.ts';
import { isOverlayColor, type OverlayColor } from './overlayColors.ts';
import type { Marks } from './residueLink.ts';
import type { ModelSelection } from './structureData.ts';
import type { AtomPair, Orientation, Representation } from './structureView.ts';

/** How a structure that is laid over the shown one looks. */
export interface RememberedLook {
  /** Which of the models it is. */
  readonly index: number;
  readonly visible: boolean;
  readonly color: OverlayColor;
}

/** What is marked in a structure. Indices: they are of one file only. */
export interface RememberedMarks extends Marks {
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** The member of an ensemble that it is marked in. */
  readonly ensembleModel: ModelSelection;
}

/** Remembered by `setState`. `restore` and `selectedModel` are also read by the extension when the window reloads. */
export interface ViewerState {
  /** Names what the camera belongs to; a camera is never applied to another structure. */
  readonly subject: string;
  readonly selectedModel: number;
  readonly restore?: unknown;
  readonly representation: Representation;
  /** Absent until the user chooses: then the structure's own default. */
  readonly coloring?: Coloring;
  readonly palette: Palette;
  readonly spin: boolean;
  readonly ensembleModel: ModelSelection;
  /** Only of those that the user has changed. */
  readonly looks: readonly RememberedLook[];
  /** Of the structures that were shown last, the newest at the end. */
  readonly marks: readonly RememberedMarks[];
  readonly orientation?: Orientation;
}

export const REPRESENTATIONS: readonly Representation[] = ['cartoon', 'surface', 'licorice', 'ball+stick'];
export const COLORINGS: readonly Coloring[] = [
  'confidence',
  'b-factor',
  'chain',
  'rainbow',
  'secondary',
  'residue',
  'hydrophobicity',
];

/** What a page that remembers nothing starts with. */
export const INITIAL_STATE: ViewerState = {
  subject: '',
  selectedModel: 0,
  representation: 'cartoon',
  palette: 'official',
  spin: false,
  ensembleModel: 0,
  looks: [],
  marks: [],
};

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isOrientation = (value: unknown): value is Orientation =>
  Array.isArray(value) && value.length === 16 && value.every((item) => Number.isFinite(item));

const isLook = (value: unknown): value is RememberedLook => {
  if (typeof value !== 'object' || value === null) return false;
  const { index, visible, color } = value as Readonly<Record<string, unknown>>;
  return isIndex(index) && typeof visible === 'boolean' && isOverlayColor(color);
};

const isPair = (value: unknown): value is AtomPair =>
  Array.isArray(value) && value.length === 2 && value.every(isIndex);
const isMember = (value: unknown): value is ModelSelection => value === 'all' || isIndex(value);

const isMarks = (value: unknown): value is RememberedMarks => {
  if (typeof value !== 'object' || value === null) return false;
  const { sha256, ensembleModel, selected, distances } = value as Readonly<Record<string, unknown>>;
  const areLists = Array.isArray(selected) && Array.isArray(distances);
  return (
    typeof sha256 === 'string' &&
    isMember(ensembleModel) &&
    areLists &&
    selected.every(isIndex) &&
    distances.every(isPair)
  );
};

/** Reads a remembered state; each part that is not understood falls back to its initial value. */
export function parseState(value: unknown): ViewerState {
  if (typeof value !== 'object' || value === null) return INITIAL_STATE;
  const kept = value as Readonly<Record<string, unknown>>;
  const representation = REPRESENTATIONS.find((item) => item === kept.representation);
  const coloring = COLORINGS.find((item) => item === kept.coloring);
  return {
    subject: typeof kept.subject === 'string' ? kept.subject : INITIAL_STATE.subject,
    selectedModel: isIndex(kept.selectedModel) ? kept.selectedModel : INITIAL_STATE.selectedModel,
    representation: representation ?? INITIAL_STATE.representation,
    palette: kept.palette === 'colour-blind' ? 'colour-blind' : 'official',
    spin: kept.spin === true,
    ensembleModel: isMember(kept.ensembleModel) ? kept.ensembleModel : 0,
    looks: Array.isArray(kept.looks) ? kept.looks.filter(isLook) : [],
    marks: Array.isArray(kept.marks) ? kept.marks.filter(isMarks) : [],
    ...(coloring && { coloring }),
    ...(isOrientation(kept.orientation) && { orientation: kept.orientation }),
    ...(kept.restore !== undefined && { restore: kept.restore }),
  };
}
