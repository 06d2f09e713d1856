// The one log of a rehearsal: what was done, what was said, how long it took.
import { formatDuration } from '../lib/say.ts';

const INDENT = '        ';
/** Lines of an answer that are shown; the middle of longer ones is left out. */
const SHOWN = 14;

/** Something is not as it must be; the rehearsal ends here. */
export class RehearsalFailure extends Error {
  override readonly name = 'RehearsalFailure';
}

export class Narrator {
  readonly #write: (line: string) => void;
  readonly #started = performance.now();
  /** Texts that must never be shown, and what stands for them. */
  readonly #secrets = new Map<string, string>();
  #checks = 0;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  get checks(): number {
    return this.#checks;
  }

  get elapsed(): number {
    return performance.now() - this.#started;
  }

  hide(secret: string, name: string): void {
    this.#secrets.set(secret, name);
  }

  chapter(title: string): void {
    this.#line('');
    this.#line(`${this.#clock()} ── ${title}`);
  }

  say(text: string): void {
    this.#line(`${this.#clock()} ${text}`);
  }

  command(args: readonly string[]): void {
    this.#line(`${this.#clock()} $ foldpad ${args.map((arg) => (/[\s"]/.test(arg) ? `"${arg}"` : arg)).join(' ')}`);
  }

  answer(text: string): void {
    const lines = text.replace(/\s+$/, '').split('\n');
    const left = lines.length - SHOWN;
    const shown =
      left > 1 ? [...lines.slice(0, SHOWN / 2), `… ${left} more lines …`, ...lines.slice(-SHOWN / 2)] : lines;
    for (const line of shown) this.#line(`${INDENT}${line}`);
  }

  /** @throws RehearsalFailure when it does not hold */
  check(holds: boolean, what: string, otherwise: () => string = () => ''): void {
    if (!holds) throw new RehearsalFailure(`This does not hold: ${what}. ${otherwise()}`.trimEnd());
    this.#checks++;
    this.#line(`${INDENT}✔ ${what}`);
  }

  #clock(): string {
    const seconds = Math.floor(this.elapsed / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`.padStart(INDENT.length - 1);
  }

  #line(text: string): void {
    let shown = text;
    for (const [secret, name] of this.#secrets) shown = shown.replaceAll(secret, `<${name}>`);
    this.#write(shown);
  }

  end(): void {
    this.chapter(`done: ${this.#checks} checks in ${formatDuration(this.elapsed)}`);
  }
}
