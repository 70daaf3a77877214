"""Take the pictures of docs/pictures/ from a running demo, in Chromium.

    make demo                                       in one terminal
    .venv/bin/python tools/pictures.py              in another; reads var/demo.json (or the file named)

Each picture is composed from real screenshots by an HTML page, in English and 简体中文. A phone is enrolled for it and
a ledger is looked at without being imported; nothing else of the demo is changed. Needs the packages of
requirements-bench.txt: Pillow makes the pictures small.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from api.sample.load import Client  # noqa: E402

LANGUAGES = {"en": "", "zh-Hans": ".zh-Hans"}
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 640}
MOST_BYTES = 150_000
# What a core banking system exports, in GBK and 万元, with a title, a total and rows that need a look.
LEDGER = """青石县农村信用合作联社不良贷款台账
制表日期：2026年11月24日,,,单位：万元
机构代码,贷款账号,客户名称,证件号码,联系方式,客户地址,到期日期,贷款余额（万元）,五级分类
QS,QS2026900001,何德明,,19900001111,青石县青石镇石桥村三组12号,2024年3月1日,1.2500,次级
QS,QS2026900002,苏桂兰,,19900001112,青石镇石乔村第3组15号,2025.3.1,暂无,可疑
QS,QS2026900003,,,19900001113,青石镇柳湾村一组7号,20240630,0.8000,次级
QS,QS2026900004,潘建国,4.41E+17,19900001114,青石镇上坝村2组31号,2023-02-29,3.4000,损失
QS,QS2026900005,韩春梅,,1.99E+10,青石镇上坝村二组33号,2025-06-30,（0.30）,3
QS,,严小红,,19900001116,云岭乡云顶村四组2号,2025-06-30,2.0000,坏账
合计,,,,,,,7.7500,
"""

SHEET = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #eef1f4; }}
main {{ display: inline-flex; gap: 32px; padding: 32px; align-items: center; }}
img {{ display: block; background: #fff; }}
.desk {{ border: 1px solid #b6bec8; border-radius: 8px; }}
.phone {{ border: 8px solid #1f2a37; border-radius: 24px; }}
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
        return client.send("GET", f"/api/v1/plans/{plan['id']}?date={self.day}")


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
                for name in ("plan", "move", "preview", "report", "work"):
                    compose(browser, FOLDER / f"{name}.png", [("desk", desk[name])])
        browser.close()


def _busy_person(client: Client, demo: Demo) -> str:
    """Return somebody of the team with the most stops."""
    route = max(demo.plan(client)["routes"], key=lambda route: len(route["stops"]))
    shift = next(client.items(f"/api/v1/shifts?date={demo.day}&team={route['team']}"))
    return str(shift["people"][0])


def _with_palette(picture: Image.Image) -> Image.Image:
    """The 256 colours that cover most of the picture as they are, every other as the nearest of them."""
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _count, colour in counted for part in colour])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


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
        shots["plan"] = _shot(page)
        return shots | _ledger_screens(page, demo)


def _ledger_screens(page: Page, demo: Demo) -> dict[str, bytes]:
    """What a coordinator sees of a ledger: before it is imported, of one that was, and what it leaves to people."""
    page.goto(f"{demo.base_url}/console/ledgers")
    page.locator("#past tbody button, #past tbody a").first.click()
    page.locator("table.problems").wait_for()
    page.evaluate("scrollTo(0, 0)")
    shots = {"report": _shot(page)}
    ledger = {"name": "不良贷款台账.csv", "mimeType": "text/csv", "buffer": LEDGER.encode("gb18030")}
    page.goto(f"{demo.base_url}/console/ledgers")
    page.set_input_files("input[type=file]", ledger)
    page.locator("table.problems").wait_for()
    page.evaluate("scrollTo(0, 0)")
    shots["preview"] = _shot(page)
    page.goto(f"{demo.base_url}/console/work?kind=village_merge")
    page.locator("#items li").first.wait_for()
    return {**shots, "work": _shot(page)}


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
    page.evaluate("document.activeElement.blur()")
    return page.screenshot()


def compose(browser: Browser, file: Path, screens: list[tuple[str, bytes]]) -> None:
    """Put screenshots beside each other in their frames. Raises SystemExit if the picture got too large."""
    images = "".join(
        f'<img class="{frame}" src="data:image/png;base64,{base64.b64encode(shot).decode()}">'
        for frame, shot in screens
    )  # fmt: skip
    with _page(browser, {"width": 2000, "height": 1000}, "en") as page:
        page.set_content(SHEET.format(images=images))
        shot = page.locator("main").screenshot()
    # Pages have few colours (the frames cast no shadow for it): a palette takes half the bytes.
    _with_palette(Image.open(io.BytesIO(shot)).convert("RGB")).save(file, optimize=True)
    size = file.stat().st_size
    print(f"docs/pictures/{file.name} {size // 1000} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"{file.name} has {size} bytes; {MOST_BYTES} are the most")


if __name__ == "__main__":
    main()
