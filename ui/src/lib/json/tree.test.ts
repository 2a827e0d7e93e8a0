import { describe, expect, it } from 'vitest';
import { scan, type Value } from './scan';
import { JsonTree } from './tree.svelte';

const treeOf = (source: string) => new JsonTree(source, scan(source) as Value);
const lines = (tree: JsonTree) => tree.nodes.map(({ depth, key, rest }) => `${depth} ${rest > 0 ? `+${rest}` : key}`);

describe('JsonTree', () => {
  it('opens the root and small containers below it', () => {
    const tree = treeOf('{"a":{"b":{"c":1}},"d":[],"e":2}');
    expect(lines(tree)).toEqual(['0 null', '1 a', '2 b', '1 d', '1 e']);
  });

  it('opens and closes a container', () => {
    const tree = treeOf('{"a":{"b":{"c":1}}}');
    tree.toggle('/0/0');
    expect(lines(tree)).toEqual(['0 null', '1 a', '2 b', '3 c']);
    tree.toggle('/0');
    expect(lines(tree)).toEqual(['0 null', '1 a']);
  });

  it('draws long containers in portions', () => {
    const tree = treeOf(JSON.stringify(Array(100_000).fill(0)));
    expect(tree.nodes).toHaveLength(102);
    expect(tree.nodes[0]?.count).toBe(100_000);
    expect(tree.nodes.at(-1)?.rest).toBe(99_900);
    tree.more('');
    expect(tree.nodes).toHaveLength(502);
  });

  it('returns the path of a value', () => {
    const tree = treeOf('{"region":1,"a b":{"hosts":["x","y"]},"区域":2}');
    expect(tree.path('')).toBe('data');
    expect(tree.path('/0')).toBe('data.region');
    expect(tree.path('/1/0/1')).toBe('data["a b"].hosts[1]');
    expect(tree.path('/2')).toBe('data.区域');
  });
});
