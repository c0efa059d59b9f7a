// @ts-check
/** What is given back of a payment: how much can be, and what is asked for by what was typed. Nothing here knows of a page. */
import { readAmount, typed } from '../amount.js';

/**
 * @typedef {import('../../types/app').Money} Money
 * @typedef {import('../../types/app').Schemas['Payment']} Payment
 * @typedef {{ part: boolean, amount: string, reason: string }} Form `part`: so much of it, rather than all that is left
 * @typedef {{ amount?: Money, reason: string }} Body what is sent; without an amount it is all that is left
 */

/** @type {Form} */
export const EMPTY = { part: false, amount: '', reason: '' };

/** Where nothing more becomes of a payment. */
const FINAL = ['voided', 'failed', 'refunded'];

/** @param {Payment} payment */
export function isFinal({ status }) {
  return FINAL.includes(status);
}

/** Whether money may be given back of it now. @param {Payment} payment */
export function givesBack({ allowed_actions }) {
  return allowed_actions.includes('refunds');
}

/** What was taken, was not given back and is not about to be, as the server reckons it. @param {Payment} payment @returns {Money} */
export function left({ captured, refunded, refunds }) {
  const owed = refunds.filter(({ status }) => status === 'pending').reduce((sum, { amount }) => sum + amount.amount, 0);
  return { amount: captured.amount - refunded.amount - owed, currency: captured.currency };
}

/**
 * What a form asks for, and what is still wrong with it. A `question` has the amounts that may be meant.
 * @param {Form} form @param {string} currency
 * @returns {{ body: Body, faults: { amount?: string, reason?: string }, question?: number[] }}
 */
export function check({ part, amount, reason }, currency) {
  const why = reason.trim();
  const without = why ? {} : { reason: 'needed' };
  if (!part) return { body: { reason: why }, faults: without };
  const read = readAmount(amount, currency);
  if ('ask' in read) return { body: { reason: why }, faults: { ...without, amount: 'ask' }, question: read.ask };
  if ('wrong' in read) return { body: { reason: why }, faults: { ...without, amount: read.wrong === 'empty' ? 'nothing' : read.wrong } };
  if (read.minor === 0) return { body: { reason: why }, faults: { ...without, amount: 'nothing' } };
  return { body: { amount: { amount: read.minor, currency }, reason: why }, faults: without };
}

/** What was sent, as it would be typed. @param {Body} body @returns {Form} */
export function asForm({ amount, reason }) {
  return { part: amount !== undefined, amount: amount ? typed(amount.amount, amount.currency) : '', reason };
}
