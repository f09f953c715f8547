"""A real browser for the tests: Debian's Chromium without a screen, driven by its own driver."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.central.pages.visitor import PASSPHRASE

# Neither a sandbox, which root has not, nor anything that asks the network.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en",
)  # fmt: skip
SECONDS = 30  # the longest a page may take on a busy machine
LOOKS = 0.02  # seconds between two looks whether it is there

NAMED = {
    "link",
    "button",
    "textbox",
    "combobox",
    "radio",
    "checkbox",
    "group",
    "image",
    "navigation",
    "region",
}

# Of everything on the page what a person who does not see it, or has a small screen, stumbles over.
STUMBLES = """
const found = [], ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
for (const id of ids) if (ids.filter((other) => other === id).length > 1) found.push('twice: ' + id);
for (const one of document.querySelectorAll('[aria-labelledby], [aria-describedby]'))
  for (const id of (one.getAttribute('aria-labelledby') || one.getAttribute('aria-describedby')).split(' '))
    if (!document.getElementById(id)) found.push('names nothing: ' + id);
for (const one of document.querySelectorAll('img:not([alt])')) found.push('no text: ' + one.src);
if (document.querySelectorAll('h1').length !== 1) found.push('headings of the page');
if (document.querySelectorAll('main').length !== 1) found.push('no main part');
if (document.documentElement.scrollWidth > innerWidth) found.push('wider than the screen');
for (const one of document.querySelectorAll('button, .button, select, input:not([type=hidden])'))
  if (one.checkVisibility() && !one.matches('[type=radio], [type=checkbox]')
      && one.getBoundingClientRect().height < 36) found.push('too small: ' + one.outerHTML);
return found;
"""


class Browser:
    """One Chromium, with more `flags`. Everything is done by clicks and keys, as a person does it."""

    def __init__(self, *flags: str) -> None:
        options = ChromeOptions()
        options.binary_location = program("chromium")
        options.accept_insecure_certs = True  # the centre's certificate is its own
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        for flag in (*FLAGS, *flags):
            options.add_argument(flag)
        self.driver = Chrome(options, Service(program("chromedriver")))
        self.address = ""

    def begin(self, address: str) -> None:
        """Somebody else sits down, before a window of the usual size."""
        self.address = address
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.resize(1366, 768)
        self.complaints()

    def resize(self, width: int, height: int) -> None:
        size: dict[str, Any] = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def open(self, path: str) -> None:
        self.driver.get(f"https://{self.address}{path}")

    def find(self, css: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def click(self, css: str) -> None:
        """Clicks, and waits for the page that comes of it."""
        self.turns(self.find(css).click)

    def click_on(self, words: str) -> None:
        """Clicks the link or button that says so."""
        said = f"//*[self::a or self::button][normalize-space()='{words}']"
        self.turns(self.driver.find_element(By.XPATH, said).click)

    def choose(self, name: str, value: str) -> None:
        """Clicks the words beside a choice."""
        self.find(f"label:has([name='{name}'][value='{value}'])").click()

    def answer(self, answers: Mapping[str, str | list[str]]) -> None:
        """Answers the questions of a form, each in the way of its control."""
        for name, value in answers.items():
            control = self.find(f"main [name='{name}']")
            kind = control.get_attribute("type") if control.tag_name == "input" else control.tag_name
            if kind in ("radio", "checkbox"):
                for one in [value] if isinstance(value, str) else value:
                    self.choose(name, one)
            elif kind == "select":
                self.find(f"[name='{name}'] option[value='{value}']").click()
            else:
                control.clear()
                control.send_keys(value)

    def choose_file(self, css: str, path: Path) -> None:
        """Chooses a file where that leads to another page."""
        self.turns(lambda: self.find(css).send_keys(str(path)))

    def type(self, *keys: str) -> None:
        """Presses keys wherever the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def enter(self, *keys: str) -> None:
        """Presses keys of which the last leads to another page."""
        self.turns(lambda: self.type(*keys))

    def sign_in(self, number: str, passphrase: str = PASSPHRASE) -> None:
        self.open("/sign-in")
        self.find("#number").send_keys(number)
        self.find("#passphrase").send_keys(passphrase)
        self.click("main button")

    def turns(self, act: Callable[[], object]) -> None:
        """Does what leads to another page, and waits for that."""
        before = self.find("html")
        act()
        self.until(lambda: _is_gone(before))
        self.until(lambda: self.driver.execute_script("return document.readyState === 'complete'"))

    def until(self, holds: Callable[[], object]) -> bool:
        """Waits until it does."""
        return bool(WebDriverWait(self.driver, SECONDS, LOOKS).until(lambda _driver: holds()))

    @property
    def words(self) -> str:
        return " ".join(self.find("body").text.split())

    @property
    def path(self) -> str:
        return self.driver.current_url.removeprefix(f"https://{self.address}")

    def has_focus(self, name: str) -> bool:
        """Waits until the element of that id has the focus: a browser gives it a moment after the page."""
        is_there = "return document.activeElement.id === arguments[0]"
        return self.until(lambda: self.driver.execute_script(is_there, name))

    def stumbles(self) -> list[str]:
        """What is wrong with the page for whoever does not see it, or sees little of it at once."""
        tree = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        unnamed = [
            f"without a name: {node['role']['value']}"
            for node in tree
            if node["role"]["value"] in NAMED
            and not node.get("ignored")
            and not node["name"]["value"].strip()
        ]
        return [*self.driver.execute_script(STUMBLES), *unnamed]

    def complaints(self) -> list[str]:
        """What the browser itself complains of since it was asked last: blocked scripts, files not found."""
        return [line["message"] for line in self.driver.get_log("browser")]

    def close(self) -> None:
        self.driver.quit()


def program(name: str) -> str:
    """Where a program of Debian's packages is."""
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(
            "The tests of the pages drive a Chromium, and find none: apt install chromium chromium-driver"
        )
    return found


def _is_gone(element: WebElement) -> bool:
    try:
        element.is_enabled()
    except WebDriverException:  # it is said in more than one way, by when exactly one asks
        return True
    return False
