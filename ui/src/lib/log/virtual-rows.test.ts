import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualRows } from './virtual-rows.svelte';

const size = 22;
const viewHeight = 220;

/** An element that scrolls as a browser's does. */
function scroller(virtual: VirtualRows): HTMLElement {
  const element = document.createElement('div');
  let top = 0;
  const most = () => Math.max(0, virtual.height - viewHeight);
  Object.defineProperties(element, {
    offsetHeight: { get: () => viewHeight },
    offsetWidth: { get: () => 800 },
    clientHeight: { get: () => viewHeight },
    scrollHeight: { get: () => Math.max(viewHeight, virtual.height) },
    scrollTop: {
      get: () => Math.min(top, most()),
      set: (to: number) => {
        top = Math.min(most(), Math.max(0, to));
      },
    },
    scrollTo: { value: ({ top: to }: { top: number }) => (element.scrollTop = to) },
  });
  return element;
}

describe('VirtualRows', () => {
  let element: HTMLElement;
  let virtual: VirtualRows;
  let scrolledUp: boolean[];
  let keys: number[];

  function show(next: number[], toEnd = false): void {
    keys = next;
    virtual.setItems({ count: keys.length, keyOf: (index) => keys[index] ?? 0, size }, toEnd);
    virtual.syncScroll(toEnd);
  }

  function scroll(top: number): void {
    element.scrollTop = top;
    element.dispatchEvent(new Event('scroll'));
  }

  /** The row at the top of the view, and its pixels above the edge. */
  function topRow(): [number | undefined, number] {
    return [keys[Math.floor(element.scrollTop / size)], element.scrollTop % size];
  }

  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  beforeEach(() => {
    scrolledUp = [];
    virtual = new VirtualRows((up) => scrolledUp.push(up));
    element = scroller(virtual);
    virtual.attach(element);
    show(range(101, 200), true);
  });

  it('draws the last few rows while the view follows', () => {
    expect(virtual.visible.length).toBeLessThan(40);
    expect(virtual.visible.at(-1)?.key).toBe(200);
    expect(virtual.atEnd()).toBe(true);
    expect(virtual.lastVisibleIndex()).toBe(99);
  });

  it('follows the end when rows are added there and removed at the start', () => {
    show(range(151, 260), true);
    expect(virtual.atEnd()).toBe(true);
    expect(virtual.visible.at(-1)?.key).toBe(260);
  });

  it('keeps the position when rows are added at the end', () => {
    scroll(907);
    const before = topRow();
    show(range(101, 300));
    expect(topRow()).toEqual(before);
    expect(element.scrollTop).toBe(907);
  });

  it('keeps the position when older rows are added', () => {
    scroll(907);
    const before = topRow();
    show(range(1, 200));
    expect(topRow()).toEqual(before);
    expect(virtual.visible.map(({ key }) => key)).toContain(before[0]);
  });

  it('keeps the position when older rows are removed', () => {
    scroll(907);
    const before = topRow();
    show(range(131, 200));
    expect(topRow()).toEqual(before);
  });

  it('keeps the position of the next row that stays when the row at the top is removed', () => {
    scroll(907);
    expect(topRow()).toEqual([142, 5]);
    show(range(101, 200).filter((key) => key % 3 === 0));
    // Row 144 was 39 px below the edge, and is so now.
    const place = keys.indexOf(144);
    expect(place * size - element.scrollTop).toBe(39);
    expect(virtual.visible.map(({ key }) => key)).toContain(144);
  });

  it('keeps the position when a line is inserted above', () => {
    scroll(907);
    const before = topRow();
    show([...range(101, 110), -1, ...range(111, 200)]);
    expect(topRow()).toEqual(before);
  });

  it('distinguishes scrolling up from scrolling at the end', () => {
    scroll(500);
    scroll(800);
    scroll(700);
    expect(scrolledUp).toEqual([true, false, true]);
  });

  it('reveals a row with the least movement', () => {
    scroll(0);
    virtual.reveal(3);
    expect(element.scrollTop).toBe(0);
    virtual.reveal(10);
    expect(element.scrollTop).toBe(11 * size - viewHeight);
    virtual.reveal(60);
    expect(element.scrollTop).toBe(60 * size - (viewHeight - size) / 2);
  });
});
