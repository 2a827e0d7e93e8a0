import type { Row } from '../../bindings/Row';
import type { Trace } from '../../bindings/Trace';
import * as ipc from '../ipc';

/** Milliseconds after an event in which its notification is still expected. */
const notificationTimeout = 60_000;

/** Reads the lines and times of the inspected event. The last request wins. */
export class InspectedTrace {
  trace = $state.raw<Trace | null>(null);
  error = $state.raw<ipc.BridgeError | null>(null);
  #asked: { seq: number; rev: number } | null = null;

  async load(row: Row): Promise<void> {
    if (this.#asked?.seq === row.seq && this.#asked.rev === row.rev) return;
    if (this.#asked?.seq !== row.seq) this.#clear();
    await this.#read(row);
  }

  /** Reads the times of a new event again while its notification is pending. */
  async refreshUntilNotified(row: Row, now: number): Promise<void> {
    if (this.trace?.seq !== row.seq || row.kind !== 'event' || now - row.at > notificationTimeout) return;
    const notifies = row.decision === 'notified' || row.decision === 'digest';
    if (notifies && this.trace.timing.shownAt === null) await this.#read(row);
  }

  async #read({ seq, rev }: Row): Promise<void> {
    const asked = { seq, rev };
    this.#asked = asked;
    try {
      const trace = await ipc.trace(seq);
      if (this.#asked !== asked) return;
      this.trace = trace;
      this.error = null;
    } catch (thrown) {
      if (this.#asked === asked) this.error = ipc.asBridgeError(thrown);
    }
  }

  #clear(): void {
    this.#asked = null;
    this.trace = null;
    this.error = null;
  }
}
