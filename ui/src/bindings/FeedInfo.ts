import type { Connection } from './Connection';

/** One feed as the sidebar shows it. `url` comes without query and userinfo; `rate` is 15 minutes, oldest first. */
export type FeedInfo = {
  id: string;
  name: string;
  url: string;
  connection: Connection;
  unread: number;
  unreadCritical: boolean;
  alerts: boolean;
  count: number;
  rate: number[];
  lastId: string;
  secretName: string | null;
};
