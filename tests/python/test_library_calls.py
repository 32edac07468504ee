"""What the library asks of the system, by the symbols that it needs from outside."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

#: What a library in another's process has no business with, by kind. Names of C, and parts of
#: mangled names of C++.
FORBIDDEN = {
    "threads": r"pthread_create|thrd_create|\w*_M_start_thread\w*",
    "processes": r"v?fork|exec[lv]\w*|posix_spawn\w*|system|popen",
    "printing": r"v?[fd]?printf|f?put(s|c|char)|fwrite|write|perror|_ZSt4c(out|err|log)",
    "the environment": r"(secure_)?getenv|setenv|putenv|unsetenv|environ",
    "its end": r"_?exit|_Exit|quick_exit|abort|raise|kill|_ZSt9terminatev|__assert_fail",
    "signals": r"signal|sigaction|sigprocmask|pthread_sigmask|alarm|setitimer",
    "the locale": r"setlocale|uselocale|newlocale",
    "the clock": r"time|clock(_gettime)?|gettimeofday|(local|gm)time\w*|\w*6chrono\w*3nowEv",
    "chance": r"s?rand|rand_r|s?random|arc4random\w*|getrandom|\w*random_device\w*",
    "the network": r"socket|connect|getaddrinfo|gethostby\w*",
    "other libraries": r"dlopen|dlsym",
    "files beside time zones": r"open|openat|creat|unlink|rename|mkdir|mkstemp|tmpfile",
}


def needed() -> set[str]:
    """Symbols that the shared library takes from elsewhere, without their versions."""
    tool = shutil.which("nm")
    path = os.environ["AIUEO_LIBRARY"]
    if tool is None or not sys.platform.startswith("linux"):
        pytest.skip("nm is not installed, or this is not Linux")
    told = subprocess.run(
        [tool, "-D", "--undefined-only", path], capture_output=True, check=True, text=True
    ).stdout
    return {line.split()[-1].partition("@")[0] for line in told.splitlines()}


def test_the_library_leaves_the_process_alone() -> None:
    names = needed()
    assert {"memcpy", "fopen"} <= names  # time zones are read from files
    if any(name.startswith(("__asan", "__tsan", "__ubsan", "__gcov")) for name in names):
        pytest.skip("an instrumented library calls more")
    found = {
        kind: sorted(name for name in names if re.fullmatch(pattern, name))
        for kind, pattern in FORBIDDEN.items()
    }
    assert {kind: names for kind, names in found.items() if names} == {}
