// Finds the number whose key begins with the wished bytes: PBKDF2 as ALTCHA's second scheme asks for it.
// A worker of the pages with forms; also fetched by the message under an article, when it is asked for a solution.
"use strict";
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const keyOf = async (password, salt, { cost, keyLength }) => {
  const secret = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const asked = { name: "PBKDF2", hash: "SHA-256", salt, iterations: cost };
  return new Uint8Array(await crypto.subtle.deriveBits(asked, secret, keyLength * 8));
};

const solve = async (puzzle) => {
  const nonce = bytesOf(puzzle.nonce);
  const salt = bytesOf(puzzle.salt);
  const wished = bytesOf(puzzle.keyPrefix);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  const place = new DataView(password.buffer);
  for (let counter = 0; ; counter += 1) {
    place.setUint32(nonce.length, counter);
    const key = await keyOf(password, salt, puzzle);
    if (wished.every((byte, index) => key[index] === byte)) return { counter, derivedKey: hexOf(key) };
  }
};

if (self.document) {
  // The message's own: the solution as it is sent, once the puzzle is old enough; two seconds allow for the way.
  customElements.get("reader-ask").solve = async (sent) => {
    const { parameters } = JSON.parse(sent);
    const { wait } = parameters.data;
    const ready = new Promise((resolve) => { setTimeout(resolve, wait ? (wait + 2) * 1000 : 0); });
    const [solution] = await Promise.all([solve(parameters), ready]);
    return JSON.stringify(solution);
  };
} else {
  addEventListener("message", async ({ data: puzzle }) => postMessage(await solve(puzzle)));
  // What goes wrong above reaches the page as an error of the worker.
  addEventListener("unhandledrejection", (event) => { throw event.reason; });
}
