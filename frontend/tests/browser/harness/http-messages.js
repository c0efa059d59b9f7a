// HTTP/1.1 messages as they pass over a socket: enough to know where one ends, and to hand its bytes on unchanged.

/** Heads are short; a stream without one is no HTTP. */
const MAX_HEAD_BYTES = 64 * 1024;
const END_OF_HEAD = '\r\n\r\n';
/** Replies to these requests, and of these statuses, have no body whatever their headers say. */
const BODILESS_STATUSES = new Set([204, 304]);

/**
 * @typedef {object} Head
 * @property {string} start the request or status line
 * @property {[string, string][]} fields in order, names as sent
 */

/** Reads messages from a socket, one after another. Takes in whatever comes at once, so that an end is seen when it comes. */
export class MessageReader {
  #rest = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};

  /** @param {import('node:net').Socket} socket */
  constructor(socket) {
    socket.on('data', (chunk) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      this.#wake();
    });
    socket.once('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** @returns {Promise<Head | null>} `null` where the socket has ended */
  async head() {
    for (;;) {
      const end = this.#rest.indexOf(END_OF_HEAD);
      if (end >= 0) return parseHead(this.#take(end + END_OF_HEAD.length).toString('latin1'));
      if (this.#rest.length > MAX_HEAD_BYTES) throw new Error('this is no HTTP: its head has no end');
      if (!(await this.#more())) return null;
    }
  }

  /** The bytes of a body, in pieces, chunk sizes and all. */
  async *body({ length, chunked, untilEnd }) {
    if (chunked) yield* this.#chunkedBody();
    else if (length !== undefined) yield* this.#bytes(length);
    else if (untilEnd) yield* this.#everything();
  }

  async *#bytes(count) {
    let left = count;
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) return;
      const piece = this.#take(Math.min(left, this.#rest.length));
      left -= piece.length;
      yield piece;
    }
  }

  async *#chunkedBody() {
    for (;;) {
      const line = await this.#line();
      if (line === null) return;
      yield line;
      const size = Number.parseInt(line.toString('latin1'), 16);
      yield* this.#bytes(size + 2);
      if (size === 0) return;
    }
  }

  async *#everything() {
    do {
      if (this.#rest.length > 0) yield this.#take(this.#rest.length);
    } while (await this.#more());
  }

  async #line() {
    for (;;) {
      const end = this.#rest.indexOf('\r\n');
      if (end >= 0) return this.#take(end + 2);
      if (!(await this.#more())) return null;
    }
  }

  #take(count) {
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  /** Waits for more than there is; tells whether it came. */
  async #more() {
    const had = this.#rest.length;
    while (this.#rest.length === had && !this.#ended) {
      await new Promise((wake) => (this.#wake = wake));
    }
    return this.#rest.length > had;
  }
}

/** How the body of a request is delimited. */
export function requestBody(head) {
  return { length: lengthOf(head), chunked: isChunked(head), untilEnd: false };
}

/** How the body of a reply is delimited. */
export function replyBody(head, method) {
  if (method === 'HEAD' || BODILESS_STATUSES.has(statusOf(head))) return { length: 0, chunked: false };
  return { length: lengthOf(head), chunked: isChunked(head), untilEnd: true };
}

/** @param {Head} head */
export function statusOf(head) {
  return Number(head.start.split(' ')[1]);
}

/** The value of a field, by its lower-case name. */
export function field(head, name) {
  return head.fields.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The head with some fields put in place of theirs; `null` takes one away. */
export function withFields(head, changes) {
  const named = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name.toLowerCase(), value]));
  const kept = head.fields.filter(([name]) => !(name.toLowerCase() in named));
  const added = Object.entries(named).filter(([, value]) => value !== null);
  return { ...head, fields: [...kept, ...added.map(([name, value]) => [name, String(value)])] };
}

/** The bytes of a head. */
export function headBytes(head) {
  const lines = [head.start, ...head.fields.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(lines.join('\r\n') + END_OF_HEAD, 'latin1');
}

function parseHead(text) {
  const [start, ...lines] = text.slice(0, -END_OF_HEAD.length).split('\r\n');
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { start, fields };
}

function lengthOf(head) {
  const length = field(head, 'content-length');
  return length === undefined ? undefined : Number(length);
}

function isChunked(head) {
  return /\bchunked\b/i.test(field(head, 'transfer-encoding') ?? '');
}
