// Questions to the person at the terminal. Where there is none, nothing is ever asked.
import { cancel, confirm, isCancel, multiselect, select, text } from '@clack/prompts';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

export interface Prompter {
  text(message: string, initial: string, validate: (value: string) => string | undefined): Promise<string>;
  choose<T extends string>(message: string, choices: readonly Choice<T>[], initial: T): Promise<T>;
  chooseMany<T extends string>(
    message: string,
    choices: readonly Choice<T>[],
    initial: readonly T[],
  ): Promise<readonly T[]>;
  confirm(message: string, initial: boolean): Promise<boolean>;
}

/** The person pressed Ctrl+C or Escape at a question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel('Stopped. Nothing was changed by this question.');
  throw new Interrupted('stopped at a question');
}

/** Label and hint in the shape that the library asks for. */
function options<T extends string>(choices: readonly Choice<T>[]): { value: T; label: string; hint?: string }[] {
  return choices.map(({ value, label, hint }) => ({ value, label, ...(hint === undefined ? {} : { hint }) }));
}

const TERMINAL: Prompter = {
  text: async (message, initial, validate) =>
    answered(await text({ message, initialValue: initial, validate: (value) => validate(value ?? '') })).trim(),
  // The library's types of options depend on T in a way that a generic function cannot satisfy.
  choose: async <T extends string>(message: string, choices: readonly Choice<T>[], initial: T) =>
    answered(await select<string>({ message, options: options<string>(choices), initialValue: initial })) as T,
  chooseMany: async <T extends string>(message: string, choices: readonly Choice<T>[], initial: readonly T[]) =>
    answered(
      await multiselect<string>({
        message,
        options: options<string>(choices),
        initialValues: [...initial],
        required: true,
      }),
    ) as T[],
  confirm: async (message, initial) => answered(await confirm({ message, initialValue: initial })),
};

/**
 * @param yes the person has said beforehand that nothing is to be asked
 * @returns undefined where nobody can answer
 */
export function prompter(yes: boolean): Prompter | undefined {
  return !yes && process.stdin.isTTY && process.stdout.isTTY && process.env.CI !== 'true' ? TERMINAL : undefined;
}
