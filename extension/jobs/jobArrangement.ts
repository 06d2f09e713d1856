/** Groups and order of the Jobs view; remembered for the workspace. */

import * as vscode from 'vscode';
import { Emitter } from '../base/emitter.ts';
import { GROUPINGS, type Grouping, localDay, type StatusGroup } from './arrange/groups.ts';
import { ORDERS, type Order } from './arrange/order.ts';

const GROUPING = 'foldpad.grouping';
const ORDER = 'foldpad.order';

export class JobArrangement {
  readonly #memory: vscode.Memento;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  get grouping(): Grouping {
    const kept = this.#memory.get<string>(GROUPING);
    return GROUPINGS.find((name) => name === kept) ?? 'none';
  }

  get order(): Order {
    const kept = this.#memory.get<string>(ORDER);
    return ORDERS.find((name) => name === kept) ?? 'newest';
  }

  async group(grouping: Grouping): Promise<void> {
    await this.#memory.update(GROUPING, grouping === 'none' ? undefined : grouping);
    this.#changed.fire();
  }

  async sort(order: Order): Promise<void> {
    await this.#memory.update(ORDER, order === 'newest' ? undefined : order);
    this.#changed.fire();
  }
}

export function groupingText(grouping: Grouping): string {
  switch (grouping) {
    case 'none':
      return vscode.l10n.t('No groups');
    case 'status':
      return vscode.l10n.t('Group by status');
    case 'queue':
      return vscode.l10n.t('Group by queue');
    case 'day':
      return vscode.l10n.t('Group by day');
    case 'file':
      return vscode.l10n.t('Group by file');
  }
}

export function orderText(order: Order): string {
  switch (order) {
    case 'newest':
      return vscode.l10n.t('Newest first');
    case 'oldest':
      return vscode.l10n.t('Oldest first');
    case 'name':
      return vscode.l10n.t('By name');
    case 'status':
      return vscode.l10n.t('By status: what runs first');
    case 'duration':
      return vscode.l10n.t('By run time: longest first');
    case 'confidence':
      return vscode.l10n.t('By confidence: best first');
  }
}

/** A group's name. @param key see `JobGroup` */
export function groupText(grouping: Grouping, key: string): string {
  switch (grouping) {
    case 'none':
    case 'queue':
      return key;
    case 'status':
      return statusGroupText(key as StatusGroup);
    case 'file':
      return key === '' ? vscode.l10n.t('From no known file') : key;
    case 'day':
      return dayText(key);
  }
}

function statusGroupText(group: StatusGroup): string {
  switch (group) {
    case 'running':
      return vscode.l10n.t('Running');
    case 'waiting':
      return vscode.l10n.t('Waiting');
    case 'ending':
      return vscode.l10n.t('Being ended or deleted');
    case 'failed':
      return vscode.l10n.t('Failed');
    case 'succeeded':
      return vscode.l10n.t('Succeeded');
    case 'cancelled':
      return vscode.l10n.t('Cancelled');
  }
}

function dayText(day: string): string {
  const now = new Date();
  if (day === localDay(now.toISOString())) return vscode.l10n.t('Today');
  now.setDate(now.getDate() - 1);
  if (day === localDay(now.toISOString())) return vscode.l10n.t('Yesterday');
  return new Date(`${day}T12:00:00`).toLocaleDateString(vscode.env.language, { dateStyle: 'full' });
}
