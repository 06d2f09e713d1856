/** Addresses of backends: what may be one, how each is written, what it is called. Pure. */

/** What is wrong with an address. */
export type AddressProblem =
  /** It is no address. */
  | 'incomplete'
  /** It has a name, a password, a query or a fragment, none of which belongs to an API. */
  | 'decorated'
  /** The key would travel in plain text over a network. */
  | 'insecure';

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/** What is wrong with what was typed as the address of a backend; undefined when it is good. */
export function addressProblem(text: string): AddressProblem | undefined {
  const url = parse(text);
  if (!url?.hostname) return 'incomplete';
  if (url.username || url.password || url.search || url.hash) return 'decorated';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return 'incomplete';
  return isLoopback(text) ? undefined : 'insecure';
}

/**
 * The one way in which an address is written, so that the same backend is the same text: host in lower case, no port that
 * goes without saying, no slash at the end. A text that is no address comes back trimmed.
 */
export function normalizeAddress(text: string): string {
  const url = parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return text.trim();
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** Whether an address means the machine on which it is used. */
export function isLoopback(address: string): boolean {
  return LOOPBACK_HOSTS.includes(parse(address)?.hostname ?? '');
}

/** Names one backend in addresses inside the editor; `local` is the one on this machine. */
export type BackendId = string;
export const LOCAL_BACKEND: BackendId = 'local';

/**
 * The name of the backend at an address, fit to be the authority of a URI: host, port and path, as people read them.
 * Only the user's own profiles are looked up by it: it leads nowhere else.
 * @param address as {@link normalizeAddress} writes it
 */
export function backendIdOf(address: string): BackendId {
  const { host, pathname, protocol } = parse(address) ?? { host: '', pathname: '', protocol: '' };
  const path = pathname.replace(/\/+$/, '').replaceAll('/', '~');
  // Lower case throughout, because that is how VS Code writes authorities.
  return `${protocol === 'http:' ? 'http~' : ''}${host}${path}`.toLowerCase();
}

/**
 * What to call the endpoint at an address, until its user has a better name.
 * @param taken names that others have
 */
export function suggestName(address: string, taken: readonly string[]): string {
  const url = parse(address);
  const region = /\.execute-api\.([\w-]+)\.amazonaws\.com(?:\.cn)?$/.exec(url?.hostname ?? '')?.[1];
  const name = region ? `AWS ${region}` : (url?.host ?? 'endpoint');
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name} (${count})`;
    if (!taken.includes(candidate)) return candidate;
  }
}

function parse(text: string): URL | undefined {
  return URL.parse(text.trim()) ?? undefined;
}
