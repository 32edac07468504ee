"""A portfolio on one page: a self-contained HTML file for the people who look after customers.

Needs PyArrow, Altair, vl-convert and Jinja2 (``pip install "aiueo[report]"``). Every figure is the
library's: scores, summaries, explanations and the findings of the studies; the page arranges them.
"""

from __future__ import annotations

from ._make import page, write
from ._panel import monthly
from ._today import MOST_CUSTOMERS, Open, Wanted, today

__all__ = ["MOST_CUSTOMERS", "Open", "Wanted", "monthly", "page", "today", "write"]
