// @ts-check
/** One order, for a sheet about it: as the board knows it, else as the server does. */
import { useEffect, useState } from '../../vendor/ui.js';
import { known, lookUp } from './feed.js';

/** @typedef {import('../../types/app').Order} Order */

/** @param {string} id */
export function useOrder(id) {
  const [found, find] = useState(/** @type {Order | null} */ (null));
  const [error, fail] = useState(/** @type {unknown} */ (null));
  const order = known.value?.get(id) ?? found;
  const look = () => lookUp(id).then(find, fail);
  useEffect(() => {
    if (known.peek() && !order) void look();
  }, [known.value === null]);
  return { order, error, look };
}
