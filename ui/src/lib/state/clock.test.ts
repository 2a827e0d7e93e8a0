import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWindow, snapshotAnswer } from '../../test/app';
import { FakeLog } from '../../test/rows';
import { Clock } from './clock.svelte';

const at = new Date(2026, 10, 21, 10, 42, 11, 482).getTime();

describe('Clock', () => {
  beforeEach(() => vi.useFakeTimers({ now: at }));
  afterEach(() => vi.useRealTimers());

  it('ticks every 10 s, every second on request, and not while hidden', () => {
    const ticks = vi.spyOn(globalThis, 'setTimeout');
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
    const clock = new Clock();
    const stop = clock.run();
    vi.advanceTimersByTime(30_000);
    expect(ticks).toHaveBeenCalledTimes(4);
    clock.everySecond = true;
    ticks.mockClear();
    vi.advanceTimersByTime(5000);
    expect(ticks.mock.calls.length).toBeGreaterThanOrEqual(5);
    visibility.mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    ticks.mockClear();
    vi.advanceTimersByTime(60_000);
    expect(ticks).not.toHaveBeenCalled();
    stop();
  });

  it('follows the app’s clock, which may differ from the window’s', () => {
    const clock = new Clock();
    const stop = clock.run();
    clock.sync(at + 3_600_000);
    vi.advanceTimersByTime(10_000);
    expect(clock.now).toBe(at + 3_600_000 + 8519);
    stop();
  });

  it('neither ticks nor listens once it is stopped', () => {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
    const clock = new Clock();
    const stop = clock.run();
    expect(vi.getTimerCount()).toBe(1);
    stop();
    expect(vi.getTimerCount()).toBe(0);
    document.dispatchEvent(new Event('visibilitychange'));
    clock.everySecond = true;
    expect(vi.getTimerCount()).toBe(0);
    expect(clock.now).toBe(at);
  });
});

describe('The window’s clock', () => {
  it('ticks from when the window is drawn until it is removed', async () => {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
    const { app, unmount } = await openWindow(new FakeLog(), snapshotAnswer({ now: at }));
    const started = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    app.clock.everySecond = true;
    const timer: unknown = started.mock.results.at(-1)?.value;
    expect(started).toHaveBeenCalled();
    unmount();
    expect(cleared).toHaveBeenCalledWith(timer);
  });
});
