// The sentences of the page, in its language: one JSON block in the shell, read once.

const sentences = JSON.parse(document.getElementById("texts").textContent);
const plural = new Intl.PluralRules(document.documentElement.lang);

/** Return the sentence `key` with its {facts} filled in. */
export function t(key, facts = {}) {
  const sentence = sentences[key];
  if (sentence === undefined) throw new Error(`no text ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
}

/** Return the sentence in the form that the number `n` asks for. */
export function tn(key, n, facts = {}) {
  const form = plural.select(n) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { n, ...facts });
}

/** Say whether there is a sentence of this key. */
export function has(key) {
  return key in sentences;
}
