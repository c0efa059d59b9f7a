// @ts-check
/** A new dish. What is typed is kept until it is on the menu. */
import { html, signal, useEffect, useRef } from '../../vendor/ui.js';
import { ApiError } from '../api.js';
import { said, t } from '../i18n.js';
import { Button, Icon } from '../kit.js';
import { hold } from '../page.js';
import { Field, focusFault, Sheet } from '../sheet.js';
import { AmountField } from './amount-field.js';
import { ALLERGENS, check, DIETS, elsewhere, EMPTY, fitted, MOST, NEW_GROUP } from './dish-draft.js';
import { draftOf, giveUp, isUnsure, save, sentDish, tearUp, write } from './dish-store.js';
import { Group } from './group-fields.js';
import { PictureField } from './picture-field.js';

/** Whether it was tried to save it: from then on what is wrong is told at its field. */
const tried = signal(false);
/** What the server refused, until something is changed. */
const refused = signal(/** @type {ApiError | null} */ (null));

/** @typedef {import('./dish-draft.js').Draft} Draft */

/**
 * @param {{ restaurant: import('./restaurants.js').Restaurant, sections: string[], onAdded: (name: string) => void, onUnsure: () => void, onClose: () => void }} props
 * `onUnsure`: it may be on the menu
 */
export default function DishSheet({ restaurant, sections, onAdded, onUnsure, onClose }) {
  const form = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => hold('a dish is being written'), []);
  const draft = draftOf(restaurant.id);
  const [sent, unsure] = [sentDish(restaurant.id), isUnsure(restaurant.id)];
  const { faults, questions, body } = check(draft, restaurant.currency);
  const change = (/** @type {Partial<Draft>} */ part) => {
    refused.value = null;
    write(restaurant.id, part);
  };
  const fault = (/** @type {string} */ pointer) => {
    const told = refused.value?.field(pointer) ?? refused.value?.field(`${pointer}/amount`);
    if (told) return told;
    return tried.value && faults[pointer] ? t(`kitchen.fault-${faults[pointer]}`, { currency: restaurant.currency }) : null;
  };
  const put = async () => {
    tried.value = true;
    if (!sent && Object.keys(faults).length > 0) return focusFault(form.current);
    try {
      await save(restaurant.id, body);
      tried.value = false;
      refused.value = null;
      onAdded(body.name);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.value = error;
      if (error.unknown) onUnsure();
      focusFault(form.current);
    }
  };
  const shared = { draft, fault, change, questions, currency: restaurant.currency, locked: sent !== undefined };
  const bar = html`<${Button} kind="primary big" onPress=${put}>${t(unsure ? 'kit.try-again' : 'kitchen.save-dish')}<//>`;
  return html`<${Sheet} title=${t('kitchen.new-dish')} class="wide full" onClose=${onClose} bar=${bar}>
    <fieldset class="stack loose dish-form" ref=${form} disabled=${sent !== undefined} aria-label=${t('kitchen.new-dish')}>
      ${unsure && html`<div class="banner warn"><${Icon} name="info" /><p>${t('kitchen.dish-unsure')}</p></div>`}
      ${!sent && refused.value && html`<${Refusal} error=${refused.value} />`}
      <${Basics} ...${shared} sections=${sections} />
      <${Words} of="allergen" words=${ALLERGENS} chosen=${draft.allergens} onChange=${(/** @type {string[]} */ allergens) => change({ allergens })} />
      <${Words} of="diet" words=${DIETS} chosen=${draft.dietary} onChange=${(/** @type {string[]} */ dietary) => change({ dietary })} />
      <${PictureField} chosen=${draft.picture} onChange=${(/** @type {string | null} */ picture) => change({ picture })} />
      <${Groups} ...${shared} />
    </fieldset>
    <p class="row wrap dish-ways">
      ${unsure && html`<button type="button" class="btn link" onClick=${() => giveUp(restaurant.id)}>${t('kitchen.dish-give-up')}</button>`}
      ${!sent && draft !== EMPTY && html`<button type="button" class="btn link" onClick=${() => { tearUp(restaurant.id); tried.value = false; refused.value = null; }}>${t('kitchen.tear-up')}</button>`}
    </p>
  <//>`;
}

/** What was refused, where no field says it. @param {{ error: ApiError }} props */
function Refusal({ error }) {
  const rest = elsewhere(error.problem);
  if (error.problem?.errors?.length && rest.length === 0) return null;
  return html`<div class="banner bad" role="alert"><${Icon} name="triangle-alert" /><p>${rest.join(' ') || said(error)}</p></div>`;
}

/** @param {any} props */
function Basics({ draft, fault, change, questions, currency, locked, sections }) {
  return html`<div class="stack loose">
    <div class="fields">
      <${Field} label=${t('kitchen.dish-name')} value=${draft.name} error=${fault('/name')} onInput=${(/** @type {string} */ name) => change({ name })} maxlength=${MOST.name} autocomplete="off" />
      <${AmountField} label=${t('kitchen.price', { currency })} value=${draft.price} currency=${currency} question=${questions['/price']} error=${fault('/price')} onInput=${(/** @type {string} */ price) => change({ price })} />
    </div>
    <div class="stack">
      <${Field} label=${t('kitchen.section')} hint=${t('kitchen.section-hint')} value=${draft.section} error=${fault('/section')} onInput=${(/** @type {string} */ section) => change({ section })} maxlength=${MOST.name} autocomplete="off" />
      ${sections.length > 0 && html`<div class="row wrap" role="group" aria-label=${t('kitchen.sections')}>${sections.map((/** @type {string} */ name) => html`<button type="button" key=${name} class="chip" translate="no" disabled=${locked} aria-pressed=${String(name === draft.section)} onClick=${() => change({ section: name })}>${name}</button>`)}</div>`}
    </div>
    <${Field} label=${t('kitchen.description')} value=${draft.description} error=${fault('/description')} onInput=${(/** @type {string} */ description) => change({ description })} multiline optional maxlength=${MOST.description} autocomplete="off" />
  </div>`;
}

/** Some words of a list. @param {{ of: string, words: string[], chosen: string[], onChange: (chosen: string[]) => void }} props */
function Words({ of, words, chosen, onChange }) {
  const toggle = (/** @type {string} */ word) => onChange(words.filter((one) => (one === word ? !chosen.includes(one) : chosen.includes(one))));
  return html`<fieldset class="stack"><legend>${t(`kitchen.${of}s`)}</legend>
    <div class="row wrap">${words.map((word) => html`<label key=${word} class="chip"><input type="checkbox" class="visually-hidden" checked=${chosen.includes(word)} onChange=${() => toggle(word)} />${t(`eat.${of}-${word}`)}</label>`)}</div>
  </fieldset>`;
}

/** @param {any} props */
function Groups({ draft, fault, change, questions, currency }) {
  const set = (/** @type {import('./dish-draft.js').Group[]} */ groups) => change({ groups: groups.map(fitted) });
  return html`<div class="stack">
    <h3>${t('kitchen.groups')}</h3>
    <p class="muted small">${t('kitchen.groups-hint')}</p>
    ${draft.groups.map((/** @type {any} */ group, /** @type {number} */ index) => html`<${Group} key=${index} group=${group} index=${index} fault=${fault} questions=${questions} currency=${currency}
      onChange=${(/** @type {any} */ now) => set(draft.groups.map((/** @type {any} */ one, /** @type {number} */ place) => (place === index ? now : one)))}
      onRemove=${() => set(draft.groups.filter((/** @type {any} */ _, /** @type {number} */ place) => place !== index))} />`)}
    ${draft.groups.length < MOST.groups && html`<div><button type="button" class="btn line" onClick=${() => set([...draft.groups, NEW_GROUP])}><${Icon} name="plus" />${t('kitchen.add-group')}</button></div>`}
  </div>`;
}
