/** What a remedy tells to run. Pure. */

/** The line of a remedy that installs packages, for example `sudo apt-get install -y promod3 hhsuite`. */
export function installLine(remedy: string): string | undefined {
  return /\bsudo apt-get install [\w .:+=-]*[\w+]/.exec(remedy)?.[0];
}
