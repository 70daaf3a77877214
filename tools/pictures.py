"""Take the pictures of docs/pictures/ from a running demo, in Chromium.

    make demo                                       in one terminal
    .venv/bin/python tools/pictures.py              in another; reads var/demo.json (or the file named)

Each picture is composed from real screenshots by an HTML page, in English and 简体中文. A phone is enrolled for it;
nothing else of the demo is changed.
"""

from __future__ import annotations

import argparse
import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from api.sample.load import Client  # noqa: E402

LANGUAGES = {"en": "", "zh-Hans": ".zh-Hans"}
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 640}
MOST_BYTES = 400_000

SHEET = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #eef1f4; }}
main {{ display: inline-flex; gap: 32px; padding: 32px; align-items: center; }}
img {{ display: block; background: #fff; }}
.desk {{ border: 1px solid #b6bec8; border-radius: 8px; box-shadow: 0 8px 24px #1f2a3740; }}
.phone {{ border: 8px solid #1f2a37; border-radius: 24px; box-shadow: 0 8px 24px #1f2a3740; }}
</style><main>{images}</main>"""


@dataclass(frozen=True)
class Demo:
    """Where the demo runs, who coordinates it, and which day it has planned."""

    base_url: str
    username: str
    password: str
    day: str

    @classmethod
    def read(cls, file: Path) -> Demo:
        """Read what the demo wrote."""
        found = json.loads(file.read_text(encoding="utf-8"))
        return cls(found["base_url"], **found["coordinator"], day=found["date"])

    def plan(self, client: Client) -> Any:
        """Return the published plan of the day."""
        plan = client.send("GET", f"/api/v1/plans?date={self.day}&status=published")["items"][0]
        return client.send("GET", f"/api/v1/plans/{plan['id']}")


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description="Take the pictures of docs/pictures/ from a running demo.")
    parser.add_argument("demo", nargs="?", type=Path, default=Path("var/demo.json"))
    demo = Demo.read(parser.parse_args().demo)
    client = Client(demo.base_url)
    client.sign_in(demo.username, demo.password)
    person = _busy_person(client, demo)
    chromium = subprocess.run([ROOT / "tools/chromium.sh", "path"], capture_output=True, text=True, check=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.stdout.strip(), args=["--no-sandbox"])
        for language, suffix in LANGUAGES.items():
            code = client.send("POST", f"/api/v1/people/{person}/enrolments")["code"]
            phone = _phone_screens(browser, demo, code, language)
            desk = _desk_screens(browser, demo, language)
            compose(browser, FOLDER / f"rounds{suffix}.png", [("desk", desk["map"]), ("phone", phone["route"])])
            screens = [("phone", phone[name]) for name in ("route", "stop", "outcome")]
            compose(browser, FOLDER / f"phone{suffix}.png", screens)
            if language == "en":
                compose(browser, FOLDER / "plan.png", [("desk", desk["plan"])])
                compose(browser, FOLDER / "move.png", [("desk", desk["move"])])
        browser.close()


def _busy_person(client: Client, demo: Demo) -> str:
    """Return somebody of the team with the most stops."""
    route = max(demo.plan(client)["routes"], key=lambda route: len(route["stops"]))
    shift = next(client.items(f"/api/v1/shifts?date={demo.day}&team={route['team']}"))
    return str(shift["people"][0])


@contextmanager
def _page(browser: Browser, size: dict[str, int], language: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport=size, locale=language, color_scheme="light", reduced_motion="reduce",
        has_touch=size is PHONE, device_scale_factor=1,
    )  # fmt: skip
    try:
        yield context.new_page()
    finally:
        context.close()


def _desk_screens(browser: Browser, demo: Demo, language: str) -> dict[str, bytes]:
    with _page(browser, DESK, language) as page:
        page.goto(f"{demo.base_url}/console/login?lang={language}")
        page.fill("#username", demo.username)
        page.fill("#password", demo.password)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{demo.base_url}/console/")
        page.goto(f"{demo.base_url}/console/map")
        page.locator("#map path").first.wait_for()
        shots = {"map": _shot(page)}
        # Only looked at: the effect of a move is measured, and the move not made.
        page.locator("#villages tbody button").first.click()
        page.select_option("#move-to", index=1)
        page.locator("#panel button.primary:visible").wait_for()
        page.evaluate("scrollTo(0, 0)")
        shots["move"] = _shot(page)
        page.goto(f"{demo.base_url}/console/plans")
        page.locator("table tbody a, table tbody button").first.click()
        page.locator("#routes").wait_for()
        return {**shots, "plan": _shot(page)}


def _phone_screens(browser: Browser, demo: Demo, code: str, language: str) -> dict[str, bytes]:
    with _page(browser, PHONE, language) as page:
        page.goto(f"{demo.base_url}/field/")
        page.fill("#code", code)
        page.click("button[type=submit]")
        page.locator("#start").wait_for()
        shots = {"route": _shot(page)}
        page.click("#start")
        page.locator("#yes").wait_for()
        shots["stop"] = _shot(page)
        page.locator("a[href^='#outcome/']").click()
        page.locator("input[name=kind]").first.wait_for(state="attached")
        return {**shots, "outcome": _shot(page)}


def _shot(page: Page) -> bytes:
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def compose(browser: Browser, file: Path, screens: list[tuple[str, bytes]]) -> None:
    """Put screenshots beside each other in their frames. Raises SystemExit if the picture got too large."""
    images = "".join(
        f'<img class="{frame}" src="data:image/png;base64,{base64.b64encode(shot).decode()}">'
        for frame, shot in screens
    )  # fmt: skip
    with _page(browser, {"width": 2000, "height": 1000}, "en") as page:
        page.set_content(SHEET.format(images=images))
        page.locator("main").screenshot(path=file)
    size = file.stat().st_size
    print(f"docs/pictures/{file.name} {size // 1000} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"{file.name} has {size} bytes; {MOST_BYTES} are the most")


if __name__ == "__main__":
    main()
