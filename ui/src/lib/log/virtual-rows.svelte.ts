import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import { untrack } from 'svelte';

/** Pixels from the end within which the view counts as at the end. */
const endSlack = 4;

export type Items = { count: number; keyOf: (index: number) => number; size: number };

/**
 * Draws only the visible rows. All rows have one height, and each a key. The row at the top of the view keeps its
 * position when rows above it are added or removed; when it is removed itself, the next one that stays keeps its own.
 */
export class VirtualRows {
  visible = $state.raw<VirtualItem[]>([]);
  height = $state(0);
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  #element: HTMLElement | null = null;
  #items: Items = { count: 0, keyOf: (index) => index, size: 22 };
  #lastTop = 0;
  /** The scroll offset to set once the rows are drawn; null where the virtualizer keeps the position. */
  #top: number | null = null;

  constructor(private readonly onScroll: (scrolledUp: boolean) => void) {
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.#options());
  }

  /** Observes the scrolling element. Returns a function that stops observing. */
  attach(element: HTMLElement): () => void {
    this.#element = element;
    const detach = this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
    const scrolled = () => {
      const up = element.scrollTop < this.#lastTop;
      this.#lastTop = element.scrollTop;
      this.onScroll(up && !this.atEnd());
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      element.removeEventListener('scroll', scrolled);
      detach();
      this.#element = null;
    };
  }

  /** Sets the rows before they are drawn. `toEnd` draws the last rows in the same frame. */
  setItems(items: Items, toEnd: boolean): void {
    this.#items = items;
    this.#top = toEnd ? null : untrack(() => this.#topWithoutItsRow());
    this.#virtualizer.setOptions(this.#options());
    const view = this.#virtualizer.scrollRect?.height ?? 0;
    if (toEnd) this.#virtualizer.scrollOffset = Math.max(0, this.#virtualizer.getTotalSize() - view);
    else if (this.#top !== null) this.#virtualizer.scrollOffset = this.#top;
    this.#update();
  }

  /** Sets the scroll offset to match the drawn rows. */
  syncScroll(toEnd: boolean): void {
    const element = this.#element;
    if (element === null) return;
    this.#virtualizer._willUpdate();
    if (toEnd) element.scrollTop = element.scrollHeight;
    else if (this.#top !== null) element.scrollTop = this.#top;
    this.#top = null;
    this.#lastTop = element.scrollTop;
  }

  /** Scrolls to a row: by as little as possible when it is near, else to the middle of the view. */
  reveal(index: number): void {
    const element = this.#element;
    if (element === null) return;
    const { size } = this.#items;
    const top = index * size;
    const view = element.clientHeight;
    if (top >= element.scrollTop && top + size <= element.scrollTop + view) return;
    const near = top >= element.scrollTop - size * 2 && top <= element.scrollTop + view + size;
    const edge = top < element.scrollTop ? top : top + size - view;
    this.scrollTo(near ? edge : top - (view - size) / 2);
  }

  scrollTo(top: number): void {
    const element = this.#element;
    if (element === null) return;
    element.scrollTop = top;
    this.#lastTop = element.scrollTop;
    this.#virtualizer.scrollOffset = element.scrollTop;
    this.#update();
  }

  /** Returns the rows that a page key moves by. */
  get pageRows(): number {
    return Math.max(1, Math.floor((this.#element?.clientHeight ?? 0) / this.#items.size) - 1);
  }

  /** Returns the index of the first fully visible row. */
  firstVisibleIndex(): number {
    return Math.ceil((this.#element?.scrollTop ?? 0) / this.#items.size);
  }

  /** Returns the index of the last fully visible row; -1 without one. */
  lastVisibleIndex(): number {
    const element = this.#element;
    if (element === null) return -1;
    return Math.min(this.#items.count, Math.floor((element.scrollTop + element.clientHeight) / this.#items.size)) - 1;
  }

  atEnd(): boolean {
    const element = this.#element;
    return element === null || element.scrollHeight - element.clientHeight - element.scrollTop <= endSlack;
  }

  /**
   * Returns the scroll offset at which the first row that stays visible keeps its position, when the row at the top of
   * the view is removed; null when that row stays.
   */
  #topWithoutItsRow(): number | null {
    const element = this.#element;
    if (element === null) return null;
    const shown = this.visible.filter(({ end }) => end > element.scrollTop);
    for (let index = 0; index < this.#items.count; index += 1) {
      const key = this.#items.keyOf(index);
      const stays = shown.find((item) => item.key === key);
      if (stays === undefined) continue;
      if (stays === shown[0]) return null;
      return Math.max(0, index * this.#items.size - (stays.start - element.scrollTop));
    }
    return null;
  }

  #options() {
    const { count, keyOf, size } = this.#items;
    return {
      count,
      getItemKey: keyOf,
      estimateSize: () => size,
      overscan: 12,
      anchorTo: 'end' as const,
      getScrollElement: () => this.#element,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.#update(),
    };
  }

  #update(): void {
    untrack(() => {
      this.visible = this.#virtualizer.getVirtualItems();
      this.height = this.#virtualizer.getTotalSize();
    });
  }
}
