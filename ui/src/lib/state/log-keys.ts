/** The keys of the log, while it has the focus. */
import type { Row } from '../../bindings/Row';
import { placeOf } from '../log/merge';
import { nextRow } from '../log/model.svelte';
import type { App } from './app.svelte';

/** Does what the key asks for; false where it asks for nothing here. */
export function logKeys(event: KeyboardEvent, app: App, pageRows: number): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  switch (event.key) {
    case 'ArrowUp':
      return move(app, -1);
    case 'ArrowDown':
      return move(app, 1);
    case 'PageUp':
      return move(app, -pageRows);
    case 'PageDown':
      return move(app, pageRows);
    case 'Home':
      void app.log.toStart();
      return true;
    case 'End':
      void app.log.follow();
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

/** Pause holds the view; pause again follows the newest row. */
export function togglePause(app: App): void {
  if (app.log.following) app.log.hold();
  else void app.log.follow();
}

/** Chooses the row `by` places from the chosen one; without one, the newest. */
export function move(app: App, by: number): true {
  const { rows } = app.log;
  if (rows.length === 0) return true;
  const place = app.selected === null ? rows.length - (by < 0 ? 0 : 1) : placeOf(rows, app.selected);
  const next = rows[Math.min(rows.length - 1, Math.max(0, place + (app.selected === null && by > 0 ? 0 : by)))];
  if (next !== undefined) app.select(next.seq);
  return true;
}

/** Rows that alerted, or would have but for mute, since the window was last hidden. */
export function isUnread(app: App): (row: Row) => boolean {
  const since = app.snapshot?.hiddenAt ?? 0;
  return (row) => row.kind === 'event' && row.decision !== 'log' && row.seq > since;
}

export function isGap(row: Row): boolean {
  return row.kind === 'gap';
}

/** Chooses the next row that fits and brings it into sight. */
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
