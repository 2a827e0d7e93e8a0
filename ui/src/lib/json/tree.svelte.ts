import { SvelteMap } from 'svelte/reactivity';
import { level, type Level, type Value } from './scan';

/** A line of the tree. `id` is its path from the root, as member indexes: `/0/3`. */
export type TreeNode = {
  id: string;
  depth: number;
  key: string | number | null;
  value: Value;
  /** Members of a container; 0 for anything else. */
  count: number;
  open: boolean;
  /** Members that are not drawn, on the line after the last drawn one; 0 on every other line. */
  rest: number;
};

const membersAtFirst = 100;
const membersMore = 400;
/** Containers of the first level up to this size are open from the start. */
const smallContainer = 12;

/** The drawn part of a JSON value. Containers open one at a time, and long ones in portions. */
export class JsonTree {
  readonly #source: string;
  readonly #root: Value;
  /** Ids of open containers, with the number of members each draws. */
  readonly #open = new SvelteMap<string, number>();
  // A cache: its changes redraw nothing.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #levels = new Map<string, Level>();

  constructor(source: string, root: Value) {
    this.#source = source;
    this.#root = root;
    this.#open.set('', membersAtFirst);
    this.#levelOf('', root, membersAtFirst).members.forEach(({ value }, place) => {
      const size = isContainer(value) ? this.#levelOf(`/${place}`, value, 0).count : 0;
      if (size > 0 && size <= smallContainer) this.#open.set(`/${place}`, membersAtFirst);
    });
  }

  get nodes(): TreeNode[] {
    const nodes: TreeNode[] = [];
    this.#add(nodes, '', 0, null, this.#root);
    return nodes;
  }

  /** Opens or closes a container. */
  toggle(id: string): void {
    if (!this.#open.delete(id)) this.#open.set(id, membersAtFirst);
  }

  /** Draws more members of a container. */
  more(id: string): void {
    this.#open.set(id, (this.#open.get(id) ?? 0) + membersMore);
  }

  /** Returns the path of a node as people write it: `data.region`, `data.hosts[0]`, `data["a b"]`. */
  path(id: string): string {
    let value = this.#root;
    let place = '';
    let path = 'data';
    for (const step of id.split('/').slice(1)) {
      const index = Number(step);
      const member = this.#levelOf(place, value, index + 1).members[index];
      if (member === undefined) break;
      const { key } = member;
      if (typeof key === 'number') path += `[${key}]`;
      else path += /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
      value = member.value;
      place += `/${step}`;
    }
    return path;
  }

  #add(nodes: TreeNode[], id: string, depth: number, key: string | number | null, value: Value): void {
    if (!isContainer(value)) {
      nodes.push({ id, depth, key, value, count: 0, open: false, rest: 0 });
      return;
    }
    const limit = this.#open.get(id);
    const { members, count } = this.#levelOf(id, value, limit ?? 0);
    nodes.push({ id, depth, key, value, count, open: limit !== undefined, rest: 0 });
    if (limit === undefined) return;
    members.slice(0, limit).forEach((member, place) => {
      this.#add(nodes, `${id}/${place}`, depth + 1, member.key, member.value);
    });
    if (count > limit) nodes.push({ id, depth: depth + 1, key: null, value, count, open: true, rest: count - limit });
  }

  #levelOf(id: string, value: Value, limit: number): Level {
    const known = this.#levels.get(id);
    if (known !== undefined && (known.members.length >= limit || known.members.length === known.count)) return known;
    const read = level(this.#source, value, limit);
    this.#levels.set(id, read);
    return read;
  }
}

export function isContainer(value: Value): boolean {
  return value.kind === 'object' || value.kind === 'array';
}
