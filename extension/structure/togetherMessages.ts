/** What page and editor tell each other of the structures that are laid over the shown one. Pure: part of the protocol. */

/** Most structures in one page, the shown one among them: more can be told apart neither by colour nor by eye. */
export const MOST_TOGETHER = 8;

/** Messages of the host about structures together, but the structures themselves. */
export type TogetherHostMessage =
  /** A structure that was to be laid over could not be read. */
  | { readonly type: 'overlay-failed'; readonly serial: number; readonly index: number; readonly text: string }
  /** There is more to choose from: labels of all models, the known ones first and unchanged. */
  | { readonly type: 'models'; readonly labels: readonly string[] };

/** Messages of the page about structures together. `index` is that of a model. */
export type TogetherPageMessage =
  | { readonly type: 'lay-over'; readonly index: number }
  | { readonly type: 'take-away'; readonly index: number }
  /** Asks for structure files of the user's choice, to lay them over. */
  | { readonly type: 'add-files' }
  /** Asks for results of jobs of the user's choice, to lay them over. */
  | { readonly type: 'add-results' };

type Fields = Readonly<Record<string, unknown>>;

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): value is string => typeof value === 'string';

/** The check of everything in an overlay message but its format, bytes and confidence. */
export function hasOverlayFields(value: Fields): boolean {
  return isCount(value.serial) && isCount(value.index) && isText(value.label) && isText(value.fileName);
}

/** Whether a message of the host without bytes is one of ours and good; undefined when it is none of ours. */
export function isTogetherHostMessage(value: Fields): boolean | undefined {
  switch (value.type) {
    case 'overlay-failed':
      return isCount(value.serial) && isCount(value.index) && isText(value.text);
    case 'models':
      return Array.isArray(value.labels) && value.labels.every(isText);
    default:
      return undefined;
  }
}

/** Whether a message of the page is one of ours and good; undefined when it is none of ours. */
export function isTogetherPageMessage(value: Fields): boolean | undefined {
  switch (value.type) {
    case 'lay-over':
    case 'take-away':
      return isCount(value.index);
    case 'add-files':
    case 'add-results':
      return true;
    default:
      return undefined;
  }
}
