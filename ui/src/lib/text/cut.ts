/** Shortens text. Counts code points, so no character is split. */

/** Returns at most `max` characters with the middle left out; ids and addresses differ at their ends. */
export function cutMiddle(text: string, max: number): string {
  const points = Array.from(text.length > max * 8 ? text.slice(0, max * 2) + text.slice(-max * 2) : text);
  if (points.length <= max) return text;
  const head = Math.floor((max - 1) / 2);
  const tail = max - 1 - head;
  return `${points.slice(0, head).join('')}…${points.slice(points.length - tail).join('')}`;
}

/** Returns at most `max` characters with the end left out. */
export function cutEnd(text: string, max: number): string {
  if (text.length <= max) return text;
  const points = Array.from(text.slice(0, max * 2));
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`;
}
