/** A count of unread events as a pill shows it. */
export function unreadBadgeText(n: number): string {
  return n > 999 ? '999+' : String(n);
}
