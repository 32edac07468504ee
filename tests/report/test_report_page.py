"""The report in a browser: it loads nothing, runs nothing but its own script, and can be used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from aiueo import load, report
from browser import Browser, Page
from reported import Portfolio

#: What names have been made of; each must be text and nothing else.
HOSTILE = [
    "<script>window.hit = 1</script>",
    "</script><script>window.hit = 2</script>",
    "<!--<script>",
    '"><img src=x onerror="window.hit = 3">',
    "' onmouseover='window.hit = 4' x='",
    "javascript:window.hit=5",
    "{{ 7 * 7 }}{% raw %}",
    "${window.hit = 6} $& $1 {0} {1}",
    "&lt;b&gt; &amp; &#60;",
    "]]> <![CDATA[ <svg onload=window.hit=7>",
    "\u202egnp.exe\u2066 عميل",
    "nul\u0000 bell\u0007 escape\u001b line\u2028 end",
    "長い名前" * 3000,
    "=cmd|' /C calc'!A0",
    "constructor",
    "__proto__",
]
SHOWN = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]")


def quiet(page: Page) -> None:
    assert page.complaints() == []
    assert page.requests() == []


def ids(page: Page, language: str = "en") -> list[str]:
    found: list[str] = page.run(
        f"[...document.querySelectorAll('[data-edition={language}] [data-list] tbody a')]"
        ".map((one) => one.textContent)"
    )
    return found


def focused(page: Page) -> str:
    return str(page.run("document.activeElement.textContent"))


def test_it_shows_everything_and_loads_nothing(browser: Browser, file: Path) -> None:
    with browser.open(file) as page:
        assert page.run("document.documentElement.lang") == "en"
        headings = page.run(
            "[...document.querySelectorAll('[data-edition=en] h2')].map((one) => one.textContent)"
        )
        assert len(headings) == 13
        figures = "[...document.querySelectorAll('[data-edition=en] figure')]"
        assert page.run(f"{figures}.length") == 12
        # Each is one picture with a name, and a table that says the same.
        assert page.run(
            f"{figures}.every((one) => one.querySelector('.wide svg[role=img]')"
            ".getAttribute('aria-label') && one.querySelectorAll('tbody tr').length > 0)"
        )
        assert page.run(f"{figures}.every((one) => one.querySelector('svg').clientHeight > 60)")
        assert len(ids(page)) == 25
        assert page.run("document.querySelectorAll('[style]').length") == 0
        quiet(page)


def test_the_policy_stops_what_is_not_the_pages_own(
    browser: Browser, both: str, tmp_path: Path
) -> None:
    """Were the policy missing, or lax, these would run and load."""
    more = (
        "<script>window.hit = 1</script><img src='http://127.0.0.1:9/x.png' onerror='window.hit=2'>"
        "<p style='color: red'>red</p>"
    )
    changed = tmp_path / "changed.html"
    changed.write_text(both.replace("<main>", f"<main>{more}", 1), encoding="utf-8")
    with browser.open(changed) as page:
        assert page.run("window.hit") is None
        stopped = " ".join(page.run("violations"))
        for directive in ("script-src", "img-src", "style-src"):
            assert directive in stopped, stopped


def _hostile(
    portfolio: Portfolio, renamed: dict[str, str], others: bool = False
) -> tuple[dict[str, Any], dict[str, pa.Table]]:
    """The portfolio with hostile names of customers, rungs, axes, bands, plays, alerts, triggers,
    goals, and of the model. ``others``: customers that keep their names stay, too."""

    def with_names(table: pa.Table) -> pa.Table:
        at = table.column_names.index("customer")
        names = [renamed.get(one, one) for one in table.column("customer").to_pylist()]
        kept = table.set_column(at, "customer", pa.array(names))
        return kept.filter(pa.array([others or name in HOSTILE for name in names]))

    model = json.loads(json.dumps(portfolio.model))
    model["name"] = HOSTILE[1]
    for k, rung in enumerate(model["ladders"]["stage"]):
        rung["label"] = {"en": HOSTILE[k], "ja": HOSTILE[k + 4]}
        rung["approach"] = HOSTILE[3]
    for axis in model["axes"].values():
        axis["label"] = HOSTILE[1]
    for k, play in enumerate(model["plays"].values()):
        play["label"] = HOSTILE[3]
        play["owner"] = HOSTILE[k]
        play["channel"] = HOSTILE[k + 4]
    # Names themselves, of all that the lists show.
    model["alerts"] = dict(zip(HOSTILE[:3], model["alerts"].values()))
    model["triggers"] = dict(zip(HOSTILE[3:5], model["triggers"].values()))
    model["triggers"][HOSTILE[3]]["variants"] = {HOSTILE[0]: 0.5, HOSTILE[1]: 0.5}
    model["triggers"][HOSTILE[3]]["holdout"] = 0
    model["triggers"][HOSTILE[4]]["label"] = {"en": HOSTILE[2], "ja": HOSTILE[9]}
    model["goals"] = dict(zip(HOSTILE[5:7], model["goals"].values()))
    model["goals"][HOSTILE[5]]["label"] = HOSTILE[1]
    model["bands"]["names"] = [f"{k}{name}" for k, name in enumerate(HOSTILE[:5])]
    model["priority"] = {"first": model["bands"]["names"][:2]}
    model["metrics"]["setup_done"]["label"] = HOSTILE[0]
    given = {
        "snapshots": portfolio.snapshots,
        "contracts": portfolio.contracts,
        "initiatives": portfolio.beside["initiatives"],
    }
    return model, {name: with_names(table.to_arrow()) for name, table in given.items()}


def test_names_are_text_and_nothing_else(
    browser: Browser, portfolio: Portfolio, tmp_path: Path
) -> None:
    contracts = portfolio.contracts.to_arrow().to_pylist()
    kept = [one for one in contracts if not one["outcome"] and one["kind"] == "contract"]
    model, tables = _hostile(portfolio, dict(zip([one["customer"] for one in kept], HOSTILE)))
    file = tmp_path / "hostile.html"
    report.write(file, load(model), data_until=portfolio.until, **tables)
    for language in ("en", "ja"):
        with browser.open(file, language=language) as page:
            found = ids(page, language)
            wanted = {SHOWN.sub("\ufffd", one) for one in HOSTILE}
            wanted = {one if len(one) <= 80 else one[:80] + "…" for one in wanted}
            assert set(found) == wanted
            for k in range(len(found)):
                page.run(f"location.hash = '#customer-{k}'")
                page.wait(
                    f"!document.querySelector('[data-edition={language}] [data-customer]').hidden"
                )
                name = page.run(
                    f"document.querySelector('[data-edition={language}] [data-customer] h2')"
                    ".textContent"
                )
                assert name in {SHOWN.sub("\ufffd", one) for one in HOSTILE}
            assert page.run("window.hit") is None
            assert page.run("document.querySelector('h1 bdi').textContent") == HOSTILE[1]
            assert page.run("document.querySelectorAll('script').length") == 2
            assert page.run("document.querySelectorAll('img, iframe, object, link').length") == 0
            assert page.run("document.querySelectorAll('[onload], [onerror]').length") == 0
            wide = page.run("document.documentElement.scrollWidth")
            assert wide <= 1200
            quiet(page)


def _all_of(page: Page, which: str, language: str) -> tuple[set[str], str]:
    """The customers of a list on all of its pages, and all that its rows say."""
    place = f"document.querySelector('[data-edition={language}] [data-events={which}]')"
    names, text = set(), ""
    while True:
        names.update(
            page.run(f"[...{place}.querySelectorAll('tbody th')].map((one) => one.textContent)")
        )
        text += page.run(f"{place}.querySelector('tbody').textContent")
        turned = page.run(
            f"{{ const next = {place}.querySelectorAll('.pager button')[1];"
            " const more = !next.disabled; next.click(); more }"
        )
        if not turned:
            return names, text


def test_names_in_the_other_lists_are_text(
    browser: Browser, portfolio: Portfolio, tmp_path: Path
) -> None:
    plan, beside = portfolio.plan, portfolio.beside["initiatives"]
    told = plan.act("alerts", portfolio.snapshots, initiatives=beside)
    contracts = portfolio.contracts.to_arrow().to_pylist()
    here = {one["customer"] for one in contracts if not one["outcome"]}
    dropped = [one.customer for one in told if one.alert == "health-drop"][:8]
    send = plan.act("triggers", portfolio.snapshots, initiatives=beside)
    sent = [one.customer for one in send if one.customer not in dropped]
    names = [one for one in dict.fromkeys(dropped + sent) if one in here]
    renamed = dict(zip(names, HOSTILE))
    model, tables = _hostile(portfolio, renamed, others=True)
    model["priority"]["capacity"] = 20
    file = tmp_path / "lists.html"
    report.write(file, load(model), data_until=portfolio.until, ledger=None, most=40, **tables)
    for language in ("en", "ja"):
        with browser.open(file, language=language) as page:
            happened, said = _all_of(page, "alerts", language)
            wanted = {SHOWN.sub("\ufffd", one) for one in HOSTILE}
            short = {one if len(one) <= 80 else one[:80] + "…" for one in wanted}
            sending, told_to = _all_of(page, "triggers", language)
            assert len(happened & short) >= 6 and len(sending & short) >= 6
            assert (happened | sending) >= short
            for name in HOSTILE[:2]:
                assert name in said
            assert HOSTILE[2 if language == "en" else 9] in told_to and HOSTILE[0] in told_to
            ranked = f"document.querySelector('[data-edition={language}] [data-list]')"
            assert HOSTILE[3] in page.run(f"{ranked}.textContent")  # a play
            bands = page.run(f"document.querySelector('#today-{language}').textContent")
            assert all(f"{k}{name}" in bands for k, name in enumerate(HOSTILE[:2]))
            plans = page.run(f"document.querySelector('#plan-{language}').textContent")
            assert HOSTILE[1] in plans and HOSTILE[6] in plans
            assert page.run("window.hit") is None
            assert page.run("document.querySelectorAll('script').length") == 2
            assert page.run("document.querySelectorAll('img, iframe, object, link').length") == 0
            assert page.run("document.querySelectorAll('[onload], [onerror]').length") == 0
            assert page.run("document.documentElement.scrollWidth") <= 1200
            quiet(page)


def test_a_customer_can_be_reached_by_keyboard(browser: Browser, file: Path) -> None:
    with browser.open(file) as page:
        page.tab()
        assert focused(page) == "Skip to the list for today"
        page.enter()
        page.wait("location.hash === '#today-en'")
        first = ids(page)[0]
        for _ in range(20):
            page.tab()
            if focused(page) == first:
                break
        assert focused(page) == first
        page.enter()
        page.wait("!document.querySelector('[data-edition=en] [data-customer]').hidden")
        assert focused(page) == first
        assert page.run("document.activeElement.tagName") == "H2"
        assert page.run("document.querySelector('[data-edition=en] [data-report]').hidden")
        page.run("document.querySelector('[data-edition=en] .back a').focus()")
        page.enter()
        page.wait("document.querySelector('[data-edition=en] [data-customer]').hidden")
        page.wait(f"document.activeElement.textContent === {json.dumps(first)}")
        quiet(page)


def test_the_list_is_searched_sorted_and_turned(browser: Browser, file: Path) -> None:
    with browser.open(file) as page:
        listed = "document.querySelector('[data-edition=en] [data-list]')"
        first = ids(page)
        page.run(f"{listed}.querySelectorAll('.pager button')[1].click()")
        second = ids(page)
        assert len(second) == 25 and not set(first) & set(second)
        page.run(f"{listed}.querySelector('[data-key=mrr] button').click()")
        page.run(f"{listed}.querySelector('[data-key=mrr] button').click()")
        assert (
            page.run(f"{listed}.querySelector('[data-key=mrr]').getAttribute('aria-sort')")
            == "descending"
        )
        amounts = page.run(
            f"[...{listed}.querySelectorAll('tbody tr')].map((row) =>"
            " Number(row.querySelectorAll('td')[2].textContent.replaceAll(',', '')))"
        )
        assert amounts == sorted(amounts, reverse=True) and amounts[0] > amounts[-1]
        page.run(
            f"{{ const box = {listed}.querySelector('input'); box.value = {json.dumps(first[3])};"
            " box.dispatchEvent(new Event('input')); }"
        )
        assert ids(page) == [first[3]]
        assert page.run(f"{listed}.querySelector('.count').textContent") == "1–1 of 1 customers"
        page.run(
            f"{{ const box = {listed}.querySelector('input'); box.value = 'nobody at all';"
            " box.dispatchEvent(new Event('input')); }"
        )
        assert ids(page) == []
        quiet(page)


def _choose(page: Page, place: str, at: int, value: str) -> None:
    page.run(
        f"{{ const field = {place}.querySelectorAll('select')[{at}]; field.value = '{value}';"
        " field.dispatchEvent(new Event('change')); }"
    )


def test_the_list_shows_those_within_the_capacity(browser: Browser, file: Path, both: str) -> None:
    rows = json.loads(both.split('id="data">')[1].split("</script>")[0])["rows"]
    chosen = [row[0] for row in rows if row[7] and row[7][1]]
    others = [row[0] for row in rows if not row[7]]
    with browser.open(file) as page:
        place = "document.querySelector('[data-edition=en] [data-list]')"
        assert page.run(f"{place}.querySelectorAll('tbody tr.chosen').length") == 25
        _choose(page, place, 1, "chosen")
        count = f"{place}.querySelector('.count').textContent"
        assert page.run(count) == f"1–25 of {len(chosen)} customers" and ids(page) == chosen[:25]
        # Whoever sees no mark hears it.
        first = page.run(f"{place}.querySelector('tbody th').textContent")
        assert first == f"{chosen[0]} ✓ within the capacity"
        _choose(page, place, 1, "others")
        assert page.run(count) == f"1–25 of {len(others)} customers" and ids(page) == others[:25]
        assert page.run(f"{place}.querySelectorAll('tbody tr.chosen').length") == 0
        _choose(page, place, 1, "")
        page.run(f"{place}.querySelector('[data-key=gain] button').click()")
        page.run(f"{place}.querySelector('[data-key=gain] button').click()")
        most = sorted((row for row in rows if row[7]), key=lambda row: -row[7][3])
        assert ids(page)[:5] == [row[0] for row in most[:5]]
        quiet(page)


def test_what_happened_is_filtered_and_leads_to_the_customer(
    browser: Browser, file: Path, both: str
) -> None:
    data = json.loads(both.split('id="data">')[1].split("</script>")[0])
    own = [row for row in data["alerts"]["rows"] if row[1] == 1]
    with browser.open(file) as page:
        place = "document.querySelector('[data-edition=en] [data-events=alerts]')"
        _choose(page, place, 0, "1")
        count = page.run(f"{place}.querySelector('.count').textContent")
        assert count == f"1–25 of {len(own)}" and len(own) > 25
        links = f"{place}.querySelectorAll('tbody a')"
        names = page.run(f"[...{links}].map((one) => one.textContent)")
        assert names == [row[0] for row in own[:25]]
        # The customer is in the list for today, too.
        for _ in range(2):
            page.run("document.querySelector('[data-edition=en] [data-key=mrr] button').click()")
        assert names[0] in ids(page)
        page.run(f"{links}[0].focus()")
        page.enter()
        page.wait("!document.querySelector('[data-edition=en] [data-customer]').hidden")
        assert focused(page) == names[0]
        shown = page.run("document.querySelector('[data-edition=en] [data-customer]').textContent")
        assert "fell-back" in shown and own[0][9][0] in shown
        page.run("document.querySelector('[data-edition=en] .back a').focus()")
        page.enter()
        page.wait("document.querySelector('[data-edition=en] [data-customer]').hidden")
        # Back where the reader came from, not in the list for today.
        page.wait(f"document.activeElement === {links}[0]")
        quiet(page)


def test_a_page_in_two_languages_has_a_switch(browser: Browser, file: Path) -> None:
    with browser.open(file, language="ja") as page:
        assert page.run("document.documentElement.lang") == "ja"
        assert page.run("document.querySelector('[data-edition=en]').hidden")
        assert "概況" in page.run("document.body.innerText")
        assert len(ids(page, "ja")) == 25
        page.run("document.querySelector('[data-edition=ja] [data-language=en]').click()")
        assert page.run("document.documentElement.lang") == "en"
        assert page.run("document.querySelector('[data-edition=ja]').hidden")
        assert "At a glance" in page.run("document.body.innerText")
        quiet(page)


COLOUR = "getComputedStyle(document.querySelector('[data-edition=en] figure [fill=\"{}\"]')).fill"


def test_it_follows_a_dark_theme_and_prints_in_light(browser: Browser, file: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    ink = COLOUR.format("#1f2933")
    with browser.open(file) as page:
        light = page.run(ground), page.run(ink)
    with browser.open(file, dark=True) as page:
        dark = page.run(ground), page.run(ink)
        quiet(page)
    with browser.open(file, dark=True, media="print") as page:
        printed = page.run(ink)
        assert page.run("getComputedStyle(document.querySelector('nav')).display") == "none"
        assert page.run("getComputedStyle(document.querySelector('details')).display") == "none"
        assert page.pdf().startswith(b"%PDF-")
    assert light == ("rgb(244, 246, 248)", "rgb(31, 41, 51)")
    assert dark == ("rgb(17, 22, 27)", "rgb(232, 237, 242)")
    assert printed == "rgb(31, 41, 51)"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_is_cut_off_on_a_phone(browser: Browser, file: Path, language: str) -> None:
    with browser.open(file, width=390, language=language) as page:
        assert page.run("document.documentElement.scrollWidth") == 390
        shown = f"document.querySelector('[data-edition={language}] figure .narrow svg')"
        assert page.run(f"{shown}.clientWidth") > 250
        assert (
            page.run(f"document.querySelector('[data-edition={language}] .wide').clientHeight") == 0
        )
        page.run("location.hash = '#customer-0'")
        page.wait(f"!document.querySelector('[data-edition={language}] [data-customer]').hidden")
        assert page.run("document.documentElement.scrollWidth") == 390
        quiet(page)


def test_a_hundred_thousand_customers(browser: Browser, tmp_path: Path) -> None:
    large = Portfolio("flows", 100_000, 6, seed=3)
    file = tmp_path / "large.html"
    html = large.page(language="en", threads=2)
    file.write_text(html, encoding="utf-8")
    assert len(html.encode()) < 5_000_000
    with browser.open(file) as page:
        shown = page.run("document.querySelector('[data-list] .count').textContent")
        assert shown == "1–25 of 1,000 customers"
        assert (
            page.run("JSON.parse(document.getElementById('data').textContent).rows.length") == 1000
        )
        page.run("location.hash = '#customer-999'")
        page.wait("!document.querySelector('[data-customer]').hidden")
        quiet(page)
