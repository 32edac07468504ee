"""A page as a reader meets it: its texts by what they stand in."""

from __future__ import annotations

from html.parser import HTMLParser


class Reader(HTMLParser):
    """The texts of a page by what they stand in: tiles, tables by their title, sentences."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tiles: list[list[str]] = []
        self.sentences: list[str] = []
        self.missing: list[str] = []
        self.blocks: dict[str, str] = {}
        self.policy = ""
        self.text = ""
        self._into: list[str] | None = None
        self._rows: list[list[str]] = []
        self._raw = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "meta" and own.get("http-equiv") == "Content-Security-Policy":
            self.policy = own["content"] or ""
        if tag == "table":
            self._rows = []
        if tag == "tr":
            self._rows.append([])
        if tag in ("td", "th"):
            self._rows[-1].append("")
            self._into = self._rows[-1]
        elif tag == "caption":
            self._rows.append([""])
            self._into = self._rows[-1]
        elif tag == "dt":
            self.tiles.append([""])
            self._into = self.tiles[-1]
        elif tag == "dd" and self.tiles:
            self.tiles[-1].append("")
            self._into = self.tiles[-1]
        elif tag == "p" and own.get("class") in ("sentence", "missing"):
            out = self.sentences if own["class"] == "sentence" else self.missing
            out.append("")
            self._into = out
        elif tag in ("script", "style"):
            self._raw = own.get("id") or tag
            self.blocks[self._raw] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.tables[self._rows[0][0]] = self._rows[1:]
        if tag in ("td", "th", "caption", "dt", "dd", "p"):
            self._into = None
        if tag in ("script", "style"):
            self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw:
            self.blocks[self._raw] += data
        elif self._into is not None:
            self._into[-1] += data
        self.text += data


def whole(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())
