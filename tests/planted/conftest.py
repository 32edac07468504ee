"""Where the planted worlds find the package and the library."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT / "capi" / "python", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
os.environ.setdefault("AIUEO_LIBRARY", str(ROOT / "build" / "release" / "lib" / "libaiueo.so"))
