/** Readers of option values, for commander. */
import { InvalidArgumentError } from 'commander';

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** A fraction above 0 and up to 1; `95%` is understood as well. */
export function fraction(text: string): number {
  const value = /^[\d.]+%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() !== '' && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a fraction above 0 and up to 1, such as 0.95 (or 95%).');
}

/** PDB ids, separated by commas; may be given several times. */
export function pdbIds(text: string, before: readonly string[] = []): string[] {
  const ids = text
    .split(/[\s,]+/)
    .filter((id) => id !== '')
    .map((id) => id.toUpperCase());
  for (const id of ids) {
    if (!/^[0-9][A-Z0-9]{3}$/.test(id)) throw new InvalidArgumentError(`"${id}" is not a PDB id such as 1CRN.`);
  }
  return [...before, ...ids];
}
