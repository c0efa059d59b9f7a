// @ts-check
/** A guest's session has ended, and nothing brings it back: what they had here that is no secret of theirs stays with who is here. */
import { html } from '../vendor/ui.js';
import { t } from './i18n.js';
import { Button } from './kit.js';
import { forgetHere } from './session.js';
import { Sheet } from './sheet.js';
import { GUEST, handOver } from './store.js';

/** What somebody can go on with who is nobody yet. */
const KEPT = ['bag', 'address', 'draft'];

/** @param {{ who: import('../types/app').Account }} props */
export default function GuestOver({ who }) {
  const goOn = () => {
    handOver(who.id, GUEST, KEPT);
    forgetHere(who.id);
  };
  const bar = html`<${Button} kind="primary big" onPress=${goOn}>${t('kit.go-on')}<//>`;
  return html`<${Sheet} title=${t('kit.guest-over')} class="small" onClose=${goOn} bar=${bar}><p>${t('kit.guest-over-more')}</p><//>`;
}
