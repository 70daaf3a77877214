// A place where a file can be dropped, around the field that does the same for the keyboard.

/** Call `take(file)` for a file chosen in `input` or dropped on `area`. The same file may be chosen again once mended. */
export function takeFiles(area, input, take) {
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
