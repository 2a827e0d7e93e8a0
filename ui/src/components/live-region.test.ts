import { screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWindow, ring } from '../test/app';
import { logOf } from '../test/rows';

describe('LiveRegion', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it('announces arrivals at most every 10 s', async () => {
    const log = logOf(1);
    await openWindow(log);
    const line = () => screen.getByTestId('live-line').textContent;
    const arrive = async (critical: boolean) => {
      log.add({ severity: critical ? 'critical' : 'info' });
      await ring('bell');
      await vi.advanceTimersByTimeAsync(100);
    };
    await arrive(false);
    expect(line()).toBe('1 new');
    await arrive(false);
    await arrive(true);
    expect(line()).toBe('1 new');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(line()).toBe('2 new, 1 critical');
  });
});
