/** Keyboard commands of the log, while it has the focus. */
import { tick } from 'svelte';
import type { Row } from '../../bindings/Row';
import { firstIndexFrom, rowBySeq } from '../log/row-range';
import { nextRow } from '../log/log-model.svelte';
import { alerts } from '../vocabulary';
import type { App } from './app.svelte';

/** Handles a key. Returns false for keys without a command here. */
export function logKeys(event: KeyboardEvent, app: App): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  switch (event.key) {
    case 'ArrowUp':
      return move(app, -1);
    case 'ArrowDown':
      return move(app, 1);
    case 'PageUp':
      return move(app, -app.log.viewport().page);
    case 'PageDown':
      return move(app, app.log.viewport().page);
    case 'Home':
      void toEdge(app, 'first');
      return true;
    case 'End':
      void toEdge(app, 'last');
      return true;
    case 'Enter':
      if (app.selected !== null) app.inspecting = true;
      return true;
    case ' ':
      togglePause(app);
      return true;
    default:
      return false;
  }
}

/** Pauses a following view; makes a paused one follow again. */
export function togglePause(app: App): void {
  if (app.log.following) app.log.pause();
  else void app.log.follow();
}

/**
 * Selects the row `by` rows from the selected one. When no loaded row is selected, it starts at the edge of the
 * viewport, and a step of one selects that row itself.
 */
export function move(app: App, by: number): true {
  const { log } = app;
  if (log.jumping !== null) {
    void log.jumping.then(tick).then(() => move(app, by));
    return true;
  }
  const chosen = rowBySeq(log.rows, app.selected);
  const place = chosen === undefined ? edgeOfViewport(app, by) : firstIndexFrom(log.rows, chosen.seq);
  const step = chosen === undefined && Math.abs(by) === 1 ? 0 : by;
  const next = log.rows[Math.min(log.rows.length - 1, Math.max(0, place + step))];
  if (next !== undefined) app.select(next.seq);
  return true;
}

/** Matches events since the window was last hidden that notified, or would have if not muted. */
export function isUnseenAlert(app: App): (row: Row) => boolean {
  const since = app.snapshot?.hiddenSeq ?? 0;
  return (row) => row.kind === 'event' && alerts(row.decision) && row.seq > since;
}

export function isGap(row: Row): boolean {
  return row.kind === 'gap';
}

/** Selects a row and scrolls to it. */
export function goTo(app: App, row: Row | undefined): void {
  if (row === undefined) return;
  app.select(row.seq);
  app.log.target = { seq: row.seq };
}

export function goToNext(app: App, fits: (row: Row) => boolean): void {
  goTo(app, nextRow(app.log.rows, app.selected, fits));
}

export function goToLast(app: App, fits: (row: Row) => boolean): void {
  goTo(app, app.log.rows.findLast(fits));
}

/** A view that follows is read from its newest row, whichever way. */
function edgeOfViewport({ log }: App, by: number): number {
  const { first, last } = log.viewport();
  return by < 0 || log.following ? last : first;
}

/** Goes to the first row, or follows the last; a row that was chosen before gives way to the one there. */
async function toEdge(app: App, edge: 'first' | 'last'): Promise<void> {
  const { log, selected } = app;
  await (edge === 'first' ? log.toStart() : log.follow());
  if (selected === null || app.selected !== selected) return;
  app.selected = (edge === 'first' ? log.rows[0] : log.rows.at(-1))?.seq ?? null;
}
