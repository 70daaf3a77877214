// A form in a dialog that adds or changes one row: each error stands at its field, a stale row is loaded again.
import { fill, h } from "./dom.js";
import { say } from "./words.js";

let serial = 0;

/**
 * Open a form. Resolves to what `save(values)` gives, or undefined if it was closed.
 *
 * fields: [{name, label, kind, value, options, required, hint, max}] with the kinds text, tel, time, number, check,
 * select and many (tick boxes; options: [{value, label}]). `save` gets the values by name, an empty text as "".
 * `again()` opens the form anew with the row as it is now, after somebody else changed it.
 */
export function openForm({ title, fields, button, save, again }) {
  const id = `form-${(serial += 1)}`;
  const parts = fields.map((field) => ({ field, ...PARTS[field.kind ?? "text"](field, `${id}-${field.name}`) }));
  const problem = h("div", { role: "alert" });
  const go = h("button", { class: "primary" }, button);
  const close = h("button", { type: "button", onclick: () => dialog.close() }, say("close"));
  const form = h("form", { novalidate: true }, problem, parts.map((part) => part.element), h("div", { class: "buttons" }, go, close));
  const dialog = h("dialog", { class: "form", "aria-labelledby": id }, h("h2", { id }, title), form);
  document.body.append(dialog);
  dialog.showModal();

  return new Promise((done) => {
    dialog.addEventListener("close", () => { dialog.remove(); done(undefined); });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (go.getAttribute("aria-disabled") === "true") return;
      fill(problem);
      if (!complete(parts)) return;
      go.setAttribute("aria-disabled", "true");
      try {
        done(await save(Object.fromEntries(parts.map((part) => [part.field.name, part.value()]))) ?? true);
        dialog.close();
      } catch (error) {
        if (!error.problem) throw error;
        showProblem(error, parts, problem, again && error.status === 412 && (() => { done(again()); dialog.close(); }));
      } finally {
        go.removeAttribute("aria-disabled");
      }
    });
  });
}

/** Say at each empty field that it is needed; the first gets the focus. */
function complete(parts) {
  parts.forEach((part) => part.fault(""));
  const missing = parts.filter((part) => part.field.required && !part.value().length);
  missing.forEach((part) => part.fault(say("needed")));
  missing[0]?.focus();
  return !missing.length;
}

/** Put each error at its field; what belongs to none stands above all. */
function showProblem(error, parts, box, reload) {
  const rest = [];
  let first = null;
  for (const { field, message } of error.problem.errors ?? []) {
    const part = parts.find((one) => (one.field.path ?? one.field.name) === field || field.startsWith(`${one.field.name}.`));
    if (!part) { rest.push(message); continue; }
    part.fault(message);
    first ??= part;
  }
  if (!first || rest.length) {
    fill(box, h("div", { class: "notice error" }, h("p", {}, rest.length ? rest.join(" ") : error.message),
      reload && h("button", { type: "button", onclick: reload }, say("load_again"))));
  }
  first?.focus();
}

/** A label, its control, its hint and the place of its error. */
function labelled(field, id, control, value) {
  const fault = h("p", { class: "field-error", id: `${id}-fault` });
  const hint = field.hint && h("p", { class: "hint", id: `${id}-hint` }, field.hint);
  control.setAttribute("aria-describedby", [hint && `${id}-hint`, `${id}-fault`].filter(Boolean).join(" "));
  if (field.required) control.setAttribute("aria-required", "true");
  return {
    element: h("div", {}, h("label", { for: id }, field.label), control, hint, fault),
    value,
    focus: () => control.focus(),
    fault: (text) => {
      fault.textContent = text;
      if (text) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    },
  };
}

function input(type) {
  return (field, id) => {
    const control = h("input", { id, type, maxlength: field.max, autocomplete: "off", value: field.value ?? "" });
    return labelled(field, id, control, () => control.value.trim());
  };
}

function select(field, id) {
  const control = h("select", { id }, field.options.map((one) =>
    h("option", { value: one.value, selected: one.value === (field.value ?? "") }, one.label)));
  return labelled(field, id, control, () => control.value);
}

function check(field, id) {
  const control = h("input", { id, type: "checkbox", checked: field.value });
  const part = labelled(field, id, control, () => control.checked);
  part.element.firstChild.remove();
  part.element.prepend(h("label", { class: "check" }, control, field.label));
  return part;
}

/** Tick boxes under one legend, with a filter where they are many. */
function many(field, id) {
  const chosen = new Set(field.value ?? []);
  const boxes = field.options.map((one) => h("label", { class: "check" },
    h("input", { type: "checkbox", value: one.value, checked: chosen.has(one.value) }), one.label));
  const find = field.options.length > 12 && h("input", { type: "search", "aria-label": `${field.label}: ${say("filter")}`, placeholder: say("filter"), autocomplete: "off" });
  if (find) {
    find.addEventListener("input", () => boxes.forEach((box) => { box.hidden = !box.textContent.toLowerCase().includes(find.value.trim().toLowerCase()); }));
  }
  const ticked = () => boxes.map((box) => box.firstChild).filter((box) => box.checked).map((box) => box.value);
  const group = h("fieldset", { id }, boxes.length ? boxes : h("p", { class: "hint" }, say("none")));
  const part = labelled(field, id, group, ticked);
  part.element.firstChild.remove();
  group.prepend(h("legend", {}, field.label));
  if (find) group.before(find);
  return { ...part, focus: () => boxes[0]?.firstChild.focus() };
}

const PARTS = { text: input("text"), tel: input("tel"), time: input("time"), date: input("date"), number: input("number"), select, check, many };
