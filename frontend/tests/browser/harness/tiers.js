// Which tests are played each time, and which only by `cargo xtask pages --long`: those that say of another name, language,
// currency, role or kind what one of the short tier says already.

/** For `test(title, LONG, …)`. */
export const LONG = { tag: '@long' };

/** The details of a test of a set, of which the short tier has those that are telling. */
export function tier(isTelling) {
  return isTelling ? {} : LONG;
}
