// @ts-check
/** Where the device is, asked once, with a reason that can be told where it can't be had. */

/** The longest to wait for a fix, in milliseconds. */
const FIX_MS = 10_000;
/** A fix older than this is not where the device is now. */
const FRESH_MS = 30_000;

/** Why there is no place. */
export class NoPlace extends Error {
  /** @param {'denied' | 'unavailable' | 'timeout' | 'unsupported'} code */
  constructor(code) {
    super(code);
    this.code = `location-${code}`;
  }
}

const REASONS = /** @type {const} */ ({ 1: 'denied', 2: 'unavailable', 3: 'timeout' });

/** @returns {Promise<import('../types/app').Place>} */
export function locate() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) {
      reject(new NoPlace('unsupported'));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => {
        if (Date.now() - timestamp > FRESH_MS) reject(new NoPlace('unavailable'));
        else resolve({ lat: rounded(coords.latitude), lon: rounded(coords.longitude) });
      },
      ({ code }) => reject(new NoPlace(REASONS[/** @type {1 | 2 | 3} */ (code)] ?? 'unavailable')),
      { enableHighAccuracy: true, maximumAge: 0, timeout: FIX_MS },
    );
  });
}

/** To about a decimetre: what a device tells beyond that is noise. @param {number} degrees */
function rounded(degrees) {
  return Math.round(degrees * 1e6) / 1e6;
}
