/** The list behind *Foldpad: Connect…*: this machine, each endpoint with how it stands, and what can be done. */

import * as vscode from 'vscode';
import { showError } from '../../base/showError.ts';
import type { Services } from '../../commands/services.ts';
import { probe } from '../probe.ts';
import { allProfiles } from '../profile.ts';
import type { Endpoint, Profile } from '../profiles.ts';
import { switchProfile } from '../switchProfile.ts';
import { explainTrouble } from '../troubleText.ts';
import { addEndpoint, changeKey, removeOne, renameOne } from './changeEndpoint.ts';

/** How long an endpoint may take to say how it stands while the list is open (ms). */
const LOOK_MS = 8_000;

interface Row extends vscode.QuickPickItem {
  readonly profile?: Profile;
  readonly command?: string;
  readonly adds?: boolean;
}

/** What the user chose, and for which row. */
type Choice =
  | { readonly kind: 'use'; readonly profile: Profile }
  | { readonly kind: 'add' }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'key' | 'rename' | 'remove'; readonly endpoint: Endpoint };

export async function chooseBackend(services: Services): Promise<void> {
  for (;;) {
    const choice = await show(services);
    switch (choice?.kind) {
      case 'use':
        return use(services, choice.profile);
      case 'add':
        return addEndpoint(services);
      case 'command':
        await vscode.commands.executeCommand(choice.command);
        return;
      case 'key':
        await changeKey(services, choice.endpoint);
        return;
      case 'rename':
        await renameOne(choice.endpoint);
        break;
      case 'remove':
        await removeOne(services, choice.endpoint);
        break;
      case undefined:
        return;
    }
    // After a change the list is shown again, as it is now.
  }
}

/** Chooses a backend. One without a good key is first asked for one: it is what its user would do next. */
async function use(services: Services, profile: Profile): Promise<void> {
  const { connection, keys } = services;
  if (profile.kind === 'remote' && profile.url !== '') {
    const { state } = connection;
    const isRefused = isSame(profile, connection.profile) && state.kind === 'failed' && state.failure === 'keyNeeded';
    const needsKey = isRefused || (await keys.get(profile.url)) === undefined;
    if (needsKey && !(await changeKey(services, profile))) return;
  }
  await switchProfile(services, profile);
}

function show(services: Services): Promise<Choice | undefined> {
  const { endpoints, current } = allProfiles();
  const list = vscode.window.createQuickPick<Row>();
  const buttons = {
    key: { iconPath: new vscode.ThemeIcon('key'), tooltip: vscode.l10n.t('Change Key…') },
    rename: { iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Rename…') },
    remove: { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Remove…') },
  } as const;
  const states = new Map<string, string>();
  const rows = () => [
    thisMachine(services, current),
    ...endpoints.map((endpoint) => endpointRow(endpoint, current, states.get(endpoint.url), Object.values(buttons))),
    { label: `$(add) ${vscode.l10n.t('Add an Endpoint…')}`, adds: true, alwaysShow: true },
    ...otherRows(services, current),
  ];
  list.title = vscode.l10n.t('Where should structures be predicted?');
  list.placeholder = vscode.l10n.t('Choose a backend');
  list.matchOnDescription = true;
  list.keepScrollPosition = true;
  list.items = rows();
  const active = list.items.find(({ profile }) => profile && isSame(profile, current));
  if (active) list.activeItems = [active];
  const abort = new AbortController();
  return new Promise((resolve) => {
    const close = (choice: Choice | undefined) => {
      resolve(choice);
      list.hide();
    };
    list.onDidAccept(() => close(choiceOf(list.selectedItems[0])));
    list.onDidTriggerItemButton(({ item, button }) => {
      const kind = (['key', 'rename', 'remove'] as const).find((name) => buttons[name] === button);
      if (kind && item.profile?.kind === 'remote') close({ kind, endpoint: item.profile });
    });
    list.onDidHide(() => {
      abort.abort();
      resolve(undefined);
      list.dispose();
    });
    list.show();
    list.busy = endpoints.length > 0;
    const tell = (url: string, state: string) => {
      if (abort.signal.aborted) return;
      states.set(url, state);
      replaceItems(list, rows());
    };
    void Promise.all(endpoints.map((endpoint) => look(services, endpoint, abort.signal, tell)))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) showError(error, services.log);
      })
      .finally(() => {
        if (!abort.signal.aborted) list.busy = false;
      });
  });
}

function choiceOf(row: Row | undefined): Choice | undefined {
  if (row?.profile) return { kind: 'use', profile: row.profile };
  if (row?.adds) return { kind: 'add' };
  return row?.command === undefined ? undefined : { kind: 'command', command: row.command };
}

function thisMachine({ connection }: Services, current: Profile): Row {
  const isCurrent = current.kind === 'local';
  const missing = isCurrent ? connection.missingEngine : undefined;
  return {
    label: `$(device-desktop) ${vscode.l10n.t('This Computer')}`,
    description: isCurrent ? vscode.l10n.t('in use') : '',
    detail: missing
      ? vscode.l10n.t('The engine is missing.')
      : vscode.l10n.t('Homology modelling; free, and nothing leaves this machine'),
    profile: { kind: 'local' },
  };
}

function endpointRow(
  endpoint: Endpoint,
  current: Profile,
  state: string | undefined,
  buttons: readonly vscode.QuickInputButton[],
): Row {
  const profile: Profile = { kind: 'remote', ...endpoint };
  return {
    // A name may hold what VS Code would draw as an icon.
    label: `$(cloud) ${endpoint.name.replaceAll('$(', '(')}`,
    description: isSame(profile, current) ? vscode.l10n.t('in use') : '',
    detail: `${endpoint.url} · ${state ?? vscode.l10n.t('asking…')}`,
    profile,
    buttons,
  };
}

function otherRows({ connection }: Services, current: Profile): readonly Row[] {
  const row = (icon: string, label: string, command: string): Row => ({ label: `$(${icon}) ${label}`, command });
  return [
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    row('list-tree', vscode.l10n.t('Show Jobs'), 'foldpad.jobs.focus'),
    ...(connection.missingEngine && current.kind === 'local'
      ? [row('desktop-download', vscode.l10n.t('Install the Engine…'), 'foldpad.installEngine')]
      : []),
    ...(connection.state.kind === 'failed'
      ? [row('refresh', vscode.l10n.t('Try Again'), 'foldpad.retryConnection')]
      : []),
    ...(current.kind === 'local'
      ? [row('debug-restart', vscode.l10n.t('Restart the Backend'), 'foldpad.restartBackend')]
      : []),
    row('output', vscode.l10n.t('Show the Extension’s Log'), 'foldpad.showExtensionLog'),
  ];
}

/** Asks an endpoint how it stands. Its key goes nowhere but to its own address. */
async function look(
  { keys, version }: Services,
  { url }: Endpoint,
  signal: AbortSignal,
  tell: (url: string, state: string) => void,
): Promise<void> {
  const key = await keys.get(url);
  if (!key) {
    tell(url, vscode.l10n.t('no key on this machine'));
    return;
  }
  const userAgent = `foldpad-vscode/${version}`;
  const found = await probe({ url, key, version, userAgent, signal, timeoutMs: LOOK_MS });
  if (found.kind === 'bad') tell(url, explainTrouble(found.trouble, url, found).reason);
  else if (found.openQueues === 0) tell(url, vscode.l10n.t('answers, but no engine is ready there'));
  else tell(url, vscode.l10n.t('ready (version {0})', found.version));
}

function isSame(a: Profile, b: Profile): boolean {
  return a.kind === 'local' || b.kind === 'local' ? a.kind === b.kind : a.url === b.url;
}

/** The row on which the user stands stays the same. */
function replaceItems(list: vscode.QuickPick<Row>, items: readonly Row[]): void {
  const [active] = list.activeItems;
  const at = active ? list.items.indexOf(active) : -1;
  list.items = items;
  const same = items[at];
  if (same) list.activeItems = [same];
}
