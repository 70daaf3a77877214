// A place where a file can be dropped, around the field that does the same for the keyboard.
import { byId } from "./dom.js";
import { number, say, setting } from "./words.js";

/**
 * Call `take(file)` for a file chosen in `input` or dropped on `area`. The same file may be chosen again once mended.
 * One that is too large is not sent: the sentence stands in the field's own place for errors.
 */
export function takeFiles(area, input, taken) {
  const fault = byId(`${input.id}-fault`);
  function take(file) {
    const large = file.size > setting.upload_mb * 1024 * 1024;
    fault.textContent = large ? say("file_too_large", { name: file.name, most: number(setting.upload_mb) }) : "";
    if (!large) taken(file);
  }
  input.addEventListener("click", () => { input.value = ""; });
  input.addEventListener("change", () => { if (input.files[0]) take(input.files[0]); });
  for (const kind of ["dragenter", "dragover"]) {
    area.addEventListener(kind, (event) => { event.preventDefault(); area.classList.add("over"); });
  }
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    take(input.files[0]);
  });
}
