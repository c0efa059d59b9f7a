// @ts-check
/** Which of the bundled pictures shows a dish. None chosen: the page that draws it takes one by its id. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { FOOD } from '../kit.js';

/** @param {{ chosen: string | null, onChange: (name: string | null) => void }} props */
export function PictureField({ chosen, onChange }) {
  const choice = (/** @type {string | null} */ name, /** @type {any} */ label, /** @type {any} */ shown) => html`<label key=${name} class="food">
    <input type="radio" name="picture" class="visually-hidden" ...${label} checked=${name === chosen} onChange=${() => onChange(name)} />${shown}
  </label>`;
  return html`<fieldset class="stack"><legend>${t('kitchen.picture')}</legend>
    <div class="food-choice">
      ${choice(null, {}, html`<span class="tiny strong">${t('kitchen.picture-any')}</span>`)}
      ${FOOD.map((name) => choice(name, { lang: 'en', 'aria-label': name.replaceAll('-', ' ') }, html`<img src=${`/img/food/${name}.webp`} alt="" width="48" height="48" loading="lazy" decoding="async" />`))}
    </div>
  </fieldset>`;
}
