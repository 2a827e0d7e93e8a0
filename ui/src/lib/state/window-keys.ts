/** Keyboard commands of the whole window. */
import { toggleMute } from './menus';
import { type App, inspectorTabs } from './app.svelte';
import { copyRow } from './copy';
import { goToLast, goToNext, isGap, isUnseenAlert, logKeys } from './log-keys';

const isMac = /mac/i.test(navigator.platform);
const panes = ['sidebar', 'log', 'inspector'];

/** Handles a key. Returns false for keys without a command. */
export function windowKeys(event: KeyboardEvent, app: App): boolean {
  if (event.defaultPrevented || app.dialog !== null) return false;
  const command = isMac ? event.metaKey : event.ctrlKey;
  if (command && !event.altKey && !event.shiftKey) return commandKeys(event, app);
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === 'F6') return nextPane(event.shiftKey ? -1 : 1);
  if (event.key === 'Escape') return closeInnermost(app);
  if (isTyping(event.target)) return false;
  return plainKeys(event, app);
}

function commandKeys(event: KeyboardEvent, app: App): boolean {
  switch (event.key.toLowerCase()) {
    case 'n':
      app.dialog = { kind: 'add', url: '' };
      return true;
    case 'm':
      toggleMute(app);
      return true;
    case 'c': {
      const row = app.selectedRow;
      const chosenText = window.getSelection()?.toString() ?? '';
      if (row === undefined || chosenText !== '' || isTyping(event.target)) return false;
      void copyRow(app, row);
      return true;
    }
    default:
      return false;
  }
}

function plainKeys(event: KeyboardEvent, app: App): boolean {
  const tab = inspectorTabs[Number(event.key) - 1];
  if (tab !== undefined) {
    app.tab = tab;
    return true;
  }
  switch (event.key) {
    case 'n':
      goToNext(app, isUnseenAlert(app));
      return true;
    case 'N':
      goToLast(app, isUnseenAlert(app));
      return true;
    case 'g':
    case 'G':
      goToNext(app, isGap);
      return true;
    default:
      // Without a focused element, the log handles its keys.
      return event.target === document.body && logKeys(event, app);
  }
}

/** Moves the focus to the next shown pane. */
function nextPane(by: 1 | -1): boolean {
  const here = document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane;
  const shown = panes.filter((name) => paneOf(name) !== null);
  const place = here === undefined ? (by > 0 ? -1 : 0) : shown.indexOf(here);
  const next = shown[(place + by + shown.length) % shown.length];
  const pane = next === undefined ? null : paneOf(next);
  const target = pane?.matches('[tabindex="0"]')
    ? pane
    : (pane?.querySelector<HTMLElement>('[aria-current], [role=tab][aria-selected=true]') ??
      pane?.querySelector<HTMLElement>('input, button'));
  target?.focus();
  return true;
}

function paneOf(name: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-pane="${name}"]`);
}

function closeInnermost(app: App): boolean {
  if (app.inspecting) {
    app.inspecting = false;
    paneOf('log')?.focus();
    return true;
  }
  if (app.selected === null) return false;
  app.selected = null;
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [role=menu]') !== null;
}
