import type { EventDetail } from '../../bindings/EventDetail';
import type { Row } from '../../bindings/Row';
import { copyText } from '../clipboard';
import { event } from '../ipc';
import { lifecycle, said } from '../words/lifecycle';
import type { App } from './app.svelte';

/** Copies what a row holds: an event's whole data, or the words of any other row. */
export async function copyRow(app: App, row: Row, detail: EventDetail | null = null): Promise<void> {
  if (row.kind !== 'event') {
    await copyText(said(lifecycle(row)));
    return;
  }
  if (detail?.seq === row.seq) {
    await copyText(detail.data);
    return;
  }
  await app.act(async () => copyText((await event(row.seq)).data));
}
