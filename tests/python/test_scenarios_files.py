"""What the scenarios of examples/scenarios promise without their data."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import aiueo
import pytest

SCENARIOS = Path(__file__).resolve().parents[2] / "examples" / "scenarios"
NAMES = ("telco_ibm", "churnsim_crm", "saasguard_panel")


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_good_and_reads_no_label(name: str) -> None:
    model = SCENARIOS / name / "model.json"
    problems = aiueo.check(model)
    assert not list(problems), problems
    forbidden = re.compile("churn|upgrade|label|outcome", re.IGNORECASE)
    metrics = json.loads(model.read_text(encoding="utf-8"))["metrics"]
    assert not [metric for metric in metrics if forbidden.search(metric)]


@pytest.mark.parametrize("name", NAMES)
def test_a_readme_has_the_figures_and_their_command(name: str) -> None:
    readme = (SCENARIOS / name / "README.md").read_text(encoding="utf-8")
    _, figures, _ = readme.split("<!-- figures -->")
    assert figures.count("| overall |") == 1
    assert f"figures.py DATA {name} --write" in readme
    assert f"]({name}/README.md)" in (SCENARIOS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [[], ["data"], ["data", "out", "json"], ["a", "b", "csv", "d"]])
@pytest.mark.parametrize("name", NAMES)
def test_a_loader_says_how_it_is_used(name: str, words: list[str]) -> None:
    command = [sys.executable, str(SCENARIOS / name / "load.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("usage: python load.py DATA_DIR OUT_DIR")
