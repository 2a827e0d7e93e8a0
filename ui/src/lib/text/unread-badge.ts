/** Returns a count of unread events as the badge shows it. */
export function unreadBadgeText(n: number): string {
  return n > 999 ? '999+' : String(n);
}
