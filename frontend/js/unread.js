// @ts-check
/** How many notices are unread, beside the way to them. */
import { html } from '../vendor/ui.js';
import { t } from './i18n.js';
import { useLive } from './live.js';

export default function Unread() {
  const notices = useLive('list-notifications', { query: { unread: true, limit: 1 } });
  const count = notices.data.value?.unread_count ?? 0;
  return count > 0 && html`<span class="count accent num" translate="no" aria-label=${t('kit.unread', { count })}>${count}</span>`;
}
