"""A headless Chromium, driven over its DevTools protocol by two pipes: no port, no library."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
#: Seconds that anything may take; a shared machine is slow at times.
PATIENCE = 180.0


def program() -> str | None:
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


class Browser:
    """One browser with one page at a time."""

    def __init__(self) -> None:
        path = program()
        assert path is not None
        self._folder = tempfile.TemporaryDirectory(prefix="aiueo-browser-")
        into, self._write = os.pipe()
        self._read, out = os.pipe()

        def channels() -> None:  # the protocol wants descriptors 3 and 4
            held = os.dup(into), os.dup(out)
            os.dup2(held[0], 3)
            os.dup2(held[1], 4)

        self._process = subprocess.Popen(
            [
                path,
                "--headless",
                "--no-sandbox",  # as root there is none
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--remote-debugging-pipe",
                f"--user-data-dir={self._folder.name}",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=channels,
            close_fds=False,
        )
        os.close(into)
        os.close(out)
        self._held = b""
        self._number = 0
        self._session: str | None = None
        self._events: list[dict[str, Any]] = []

    def close(self) -> None:
        with contextlib.suppress(OSError, AssertionError):
            self.call("Browser.close", at_browser=True)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)
        for _ in range(20):  # its children end a little later
            try:
                self._folder.cleanup()
                return
            except OSError:
                time.sleep(0.1)

    def call(self, method: str, at_browser: bool = False, **params: Any) -> dict[str, Any]:
        """One command, and its answer; what happens meanwhile is kept in `events`."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session and not at_browser:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._next(deadline)
            assert answer is not None, f"{method}: no answer in {PATIENCE:.0f} s"
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
            self._events.append(answer)

    def _next(self, deadline: float) -> dict[str, Any] | None:
        while b"\0" not in self._held:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._read], [], [], left)[0]:
                return None
            piece = os.read(self._read, 1 << 20)
            assert piece, "the browser has ended"
            self._held += piece
        raw, _, self._held = self._held.partition(b"\0")
        out: dict[str, Any] = json.loads(raw)
        return out

    def open(
        self,
        path: Path,
        width: int = 1200,
        height: int = 900,
        language: str = "en",
        media: str = "",
        dark: bool = False,
    ) -> Page:
        """A file, opened in a window of that size, once its script has run."""
        target = self.call("Target.createTarget", at_browser=True, url="about:blank")["targetId"]
        attached = self.call(
            "Target.attachToTarget", at_browser=True, targetId=target, flatten=True
        )
        self._session = attached["sessionId"]
        self._events.clear()
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.call(
            "Emulation.setEmulatedMedia",
            media=media,
            features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}],
        )
        self.call(
            "Page.addScriptToEvaluateOnNewDocument",
            source=f"Object.defineProperty(navigator, 'languages', {{get: () => ['{language}']}});"
            "window.violations = [];"
            "addEventListener('securitypolicyviolation', (one) =>"
            " violations.push(one.violatedDirective + ' ' + one.blockedURI));",
        )
        self.call("Page.navigate", url=path.as_uri())
        page = Page(self, target, path)
        page.wait("document.documentElement?.dataset.ready === 'true'")
        return page


class Page:
    def __init__(self, browser: Browser, target: str, path: Path) -> None:
        self.browser = browser
        self._target = target
        self._uri = path.as_uri()

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.call("Target.closeTarget", at_browser=True, targetId=self._target)
        self.browser._session = None

    def run(self, expression: str) -> Any:
        """The value of an expression of JavaScript in the page."""
        out = self.browser.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in out, out["exceptionDetails"]
        return out["result"].get("value")

    def wait(self, expression: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.run(expression):
            assert time.monotonic() < deadline, f"never came true: {expression}"
            time.sleep(0.02)

    def press(self, key: str, text: str = "", code: int = 0) -> None:
        """A key down and up again, as from a keyboard."""
        what: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        down = {**what, **({"text": text} if text else {})}
        self.browser.call("Input.dispatchKeyEvent", type="keyDown", **down)
        self.browser.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def tab(self) -> None:
        self.press("Tab", code=9)

    def enter(self) -> None:
        self.press("Enter", "\r", 13)

    def complaints(self) -> list[str]:
        """What went wrong: messages of the console, exceptions, breaches of the policy."""
        out = [f"policy: {one}" for one in self.run("violations")]
        for event in self.browser._events:
            if event.get("method") == "Runtime.exceptionThrown":
                out.append(f"exception: {event['params']['exceptionDetails']}")
            elif event.get("method") == "Runtime.consoleAPICalled":
                out.append(f"console: {event['params']['args']}")
            elif event.get("method") == "Log.entryAdded":
                out.append(f"log: {event['params']['entry']['text']}")
        return out

    def requests(self) -> list[str]:
        """What was asked of the network or the disk, other than the page itself."""
        urls = [
            event["params"]["request"]["url"]
            for event in self.browser._events
            if event.get("method") == "Network.requestWillBeSent"
        ]
        return [url for url in urls if url.partition("#")[0] != self._uri]

    def picture(self, whole: bool = True) -> bytes:
        """A PNG of the page, or of what the window shows."""
        more: dict[str, Any] = {}
        if whole:
            size = self.browser.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
            more = {"captureBeyondViewport": True, "clip": clip}
        return base64.b64decode(self.browser.call("Page.captureScreenshot", **more)["data"])

    def pdf(self) -> bytes:
        out = self.browser.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(out["data"])
