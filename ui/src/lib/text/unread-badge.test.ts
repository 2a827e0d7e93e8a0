import { describe, expect, it } from 'vitest';
import { unreadBadgeText } from './unread-badge';

describe('unreadBadgeText', () => {
  it('is 999+ above 999', () => {
    expect([1, 999, 1000].map(unreadBadgeText)).toEqual(['1', '999', '999+']);
  });
});
