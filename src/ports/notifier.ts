// Ports: telling people and machines. Never throws, never blocks; what cannot be delivered now is the adapter's to keep.
import type { Notice } from '../core/notice.ts';

export interface Notifier {
  publish(notice: Notice): void;
  flush(): Promise<void>;
}
