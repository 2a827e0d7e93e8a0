import type { EventDetail } from '../../bindings/EventDetail';
import type { Row } from '../../bindings/Row';
import { scan, type Value } from '../json/scan';
import * as ipc from '../ipc';

/** Reads the inspected event in full. The last request wins. */
export class InspectedEvent {
  detail = $state.raw<EventDetail | null>(null);
  error = $state.raw<ipc.BridgeError | null>(null);
  /** The data as JSON; null when it is not JSON. */
  json = $state.raw<Value | null>(null);
  #asked: { seq: number; rev: number } | null = null;

  async load(row: Row): Promise<void> {
    if (row.kind !== 'event') return this.#clear();
    if (this.#asked?.seq === row.seq && this.#asked.rev === row.rev) return;
    if (this.#asked?.seq !== row.seq) this.#clear();
    const asked = { seq: row.seq, rev: row.rev };
    this.#asked = asked;
    try {
      const detail = await ipc.event(row.seq);
      if (this.#asked !== asked) return;
      this.json = scan(detail.data, detail.cut);
      this.detail = detail;
      this.error = null;
    } catch (thrown) {
      if (this.#asked === asked) this.error = ipc.asBridgeError(thrown);
    }
  }

  #clear(): void {
    this.#asked = null;
    this.detail = null;
    this.json = null;
    this.error = null;
  }
}
