// @ts-check
/** What the pages of an operator's links have in common: whom the link is for, and that it holds no more. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Button, Empty } from '../kit.js';

/** The e-mail that a token is for, as it says itself: whether it is the operator's, the server knows. @param {string} token */
export function emailOf(token) {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    const { email } = JSON.parse(new TextDecoder().decode(bytes));
    return typeof email === 'string' ? email : null;
  } catch {
    return null;
  }
}

/** @param {{ what: 'reset' | 'invitation', onDone: () => void }} props */
export function Invalid({ what, onDone }) {
  const on = html`<${Button} kind="strong" onPress=${onDone}>${t('eat.to-restaurants')}<//>`;
  return html`<${Empty} page scene="key" title=${t('eat.link-invalid')} action=${on}>${t(`eat.${what}-invalid`)}<//>`;
}
