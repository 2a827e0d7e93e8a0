import type { EventDetail } from '../../bindings/EventDetail';
import type { Row } from '../../bindings/Row';
import type { Trace } from '../../bindings/Trace';
import { copyText } from '../clipboard';
import { event, trace } from '../ipc';
import { linesText } from '../trace/lines';
import { lifecycleMessage, messageText } from '../messages/lifecycle';
import type { App } from './app.svelte';

/** The parts that the inspector has already read. */
type Read = { detail: EventDetail | null; trace: Trace | null };

/** Copies a row: an event's lines while they are shown, else its whole data; of any other row its message. */
export async function copyRow(app: App, row: Row, read: Read = { detail: null, trace: null }): Promise<void> {
  if (row.kind !== 'event') {
    await copyText(messageText(lifecycleMessage(row)));
    return;
  }
  const text = () => (app.inspecting && app.tab === 'raw' ? rawText(row.seq, read) : dataText(row.seq, read));
  await app.act(async () => copyText(await text()));
}

async function rawText(seq: number, read: Read): Promise<string> {
  const { lines } = read.trace?.seq === seq ? read.trace : await trace(seq);
  return lines.kind === 'as-received' ? linesText(lines.lines) : dataText(seq, read);
}

async function dataText(seq: number, { detail }: Read): Promise<string> {
  return (detail?.seq === seq ? detail : await event(seq)).data;
}
