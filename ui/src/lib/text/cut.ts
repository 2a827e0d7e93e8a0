/** Shortens text. Counts code points, and cuts between what a reader takes for one character (grapheme clusters, UAX 29). */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The longest grapheme in code points; a longer one is cut. No script needs as many (UAX 15 allows 30 combining ones). */
const maxGrapheme = 32;

/** Returns at most `max` characters with the middle left out; ids and addresses differ at their ends. */
export function cutMiddle(text: string, max: number): string {
  const points = Array.from(text.length > max * 8 ? text.slice(0, max * 2) + text.slice(-max * 2) : text);
  if (points.length <= max) return text;
  const graphemes = graphemesOf(points.join(''));
  const head = Math.floor((max - 1) / 2);
  const tail = max - 1 - head;
  const start = fitting(graphemes, head);
  const end = fitting(graphemes.toReversed(), tail).toReversed();
  return `${start.join('')}…${end.join('')}`;
}

/** Returns at most `max` characters with the end left out. */
export function cutEnd(text: string, max: number): string {
  if (text.length <= max) return text;
  const start = text.slice(0, max * 2);
  const points = Array.from(start);
  return points.length <= max ? text : `${fitting(graphemesOf(start), max - 1).join('')}…`;
}

function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => Array.from(segment).slice(0, maxGrapheme).join(''));
}

/** Returns as many graphemes from the start as have `room` characters. */
function fitting(graphemes: string[], room: number): string[] {
  let left = room;
  const end = graphemes.findIndex((grapheme) => (left -= Array.from(grapheme).length) < 0);
  return end === -1 ? graphemes : graphemes.slice(0, end);
}
