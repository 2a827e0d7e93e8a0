import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const at = new Date(2026, 10, 21, 10, 42, 11, 482).getTime();

describe('Clock', () => {
  beforeEach(() => vi.useFakeTimers({ now: at }));
  afterEach(() => vi.useRealTimers());

  it('ticks every 10 s, every second on request, and not while hidden', async () => {
    const { Clock } = await import('./clock.svelte');
    const ticks = vi.spyOn(globalThis, 'setTimeout');
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
    const clock = new Clock();
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
  });
});
