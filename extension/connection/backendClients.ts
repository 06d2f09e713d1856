/** Makes clients for backends: the address of a profile together with the key that was entered for just this address. */

import * as vscode from 'vscode';
import type { FoldpadClient } from '../../backend/api/client.ts';
import { ProfileError } from './connectionFailure.ts';
import type { KeyRing } from './keyRing.ts';
import type { LocalBackend } from './localBackend.ts';
import { checkUrl } from './profile.ts';
import type { Profile } from './profiles.ts';

export class BackendClients {
  readonly #local: LocalBackend;
  readonly #keys: KeyRing;
  readonly #userAgent: string;

  constructor(options: { readonly local: LocalBackend; readonly keys: KeyRing; readonly userAgent: string }) {
    this.#local = options.local;
    this.#keys = options.keys;
    this.#userAgent = options.userAgent;
  }

  /** Starts the local backend if it is the one and does not run. Says nothing to one elsewhere yet. */
  async open(profile: Profile): Promise<FoldpadClient> {
    const { url, key } = profile.kind === 'local' ? await this.#local.ensure() : await this.#remote(profile);
    const { FoldpadClient } = await import(/* webpackChunkName: "client" */ '../../backend/api/client.ts');
    return new FoldpadClient({ url, key, userAgent: this.#userAgent });
  }

  async #remote({ name, url }: Exclude<Profile, { kind: 'local' }>): Promise<{ url: string; key: string }> {
    if (url === '') {
      throw new ProfileError(
        vscode.l10n.t('The settings choose the endpoint “{0}”, but they have none of this name.', name),
      );
    }
    const wrong = checkUrl(url);
    if (wrong)
      throw new ProfileError(vscode.l10n.t('The address of the endpoint “{0}” cannot be used. {1}', name, wrong));
    const key = await this.#keys.get(url);
    if (!key) throw new ProfileError(vscode.l10n.t('There is no key for {0} on this machine.', url));
    return { url, key };
  }
}
