/** Colours of structures that are laid over the shown one. Pure. */

import { t } from '@vscode/l10n';

/** `own`: coloured as the shown structure is; a number: that one of {@link OVERLAY_COLORS}. */
export type OverlayColor = 'own' | number;

/**
 * Paul Tol's muted scheme (2021), for all kinds of colour vision, without its olive and purple; those first that are least
 * like confidence bands.
 */
export const OVERLAY_COLORS: readonly { readonly color: number; readonly name: string }[] = [
  { color: 0xcc6677, name: t('Rose') },
  { color: 0x44aa99, name: t('Teal') },
  { color: 0xddcc77, name: t('Sand') },
  { color: 0x882255, name: t('Wine') },
  { color: 0x117733, name: t('Green') },
  { color: 0x332288, name: t('Indigo') },
  { color: 0x88ccee, name: t('Cyan') },
];

/** The first colour that none of the others has. */
export function freeColor(taken: readonly OverlayColor[]): OverlayColor {
  const free = OVERLAY_COLORS.findIndex((_, index) => !taken.includes(index));
  return free < 0 ? 0 : free;
}

/** A structure that has, or had, a colour. */
interface Colored {
  readonly index: number;
  readonly color: OverlayColor;
}

/**
 * The colour of a structure that is about to be laid over: the one it had, unless another of those present has it by now;
 * else one that is free, and that none of those still to come had if there is such a one.
 */
export function colorFor(index: number, remembered: readonly Colored[], present: readonly Colored[]): OverlayColor {
  const others = present.filter((one) => one.index !== index);
  const taken = others.map(({ color }) => color);
  const had = remembered.find((one) => one.index === index)?.color;
  if (had === 'own' || (had !== undefined && !taken.includes(had))) return had;
  const toCome = remembered.filter((one) => one.index !== index && !others.some((other) => other.index === one.index));
  const spared = [...taken, ...toCome.map(({ color }) => color)];
  const color = freeColor(spared);
  return spared.includes(color) ? freeColor(taken) : color;
}

export const isOverlayColor = (value: unknown): value is OverlayColor =>
  value === 'own' || (typeof value === 'number' && OVERLAY_COLORS[value] !== undefined);
