// @ts-check
/** Everything that Tiffin holds of somebody, as a file of theirs. */
import { html } from '../vendor/ui.js';
import { serverNow } from './api.js';
import { t } from './i18n.js';
import { Button, Icon, toast } from './kit.js';
import { everything } from './own-account.js';
import { Sheet } from './sheet.js';

/** How long a browser has to take the file, in milliseconds. */
const TAKEN_MS = 60_000;

/** @param {{ onClose: () => void }} props */
export default function ExportSheet({ onClose }) {
  const take = async () => {
    const exported_at = new Date(serverNow()).toISOString();
    download(`tiffin-${exported_at.slice(0, 10)}.json`, { exported_at, ...(await everything()) });
    toast(t('kit.exported'), 'good');
  };
  const bar = html`<${Button} kind="primary big" onPress=${take}><${Icon} name="download" />${t('kit.export')}<//>`;
  return html`<${Sheet} title=${t('kit.own-export')} class="small" onClose=${onClose} bar=${bar}><p>${t('kit.export-more')}</p><//>`;
}

/** @param {string} name @param {object} data */
function download(name, data) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TAKEN_MS);
}
