"""Files that appear whole or not at all: whatever is in their place, and whatever goes wrong."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import threading
from pathlib import Path

import pytest
from aiueo._whole_file import WholeFile

posix = pytest.mark.skipif(os.name != "posix", reason="links, modes and FIFOs are POSIX's")


def write(path: str | Path, data: bytes = b"new") -> None:
    with WholeFile(path) as file:
        file.write(data)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_block_that_fails_leaves_what_was(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"older")

    def fail(how: type[BaseException]) -> None:
        with WholeFile(path) as file:
            file.write(b"half")
            file.flush()
            assert len(os.listdir(tmp_path)) == 2
            raise how

    for failure in (ValueError, KeyboardInterrupt, SystemExit, MemoryError):
        with pytest.raises(failure):
            fail(failure)
        assert os.listdir(tmp_path) == ["out"]
        assert path.read_bytes() == b"older"


@posix
def test_permissions(tmp_path: Path) -> None:
    path = tmp_path / "out"
    mask = os.umask(0o027)
    try:
        write(path)
        assert mode_of(path) == 0o640  # as of any new file
        path.chmod(0o600)
        with WholeFile(path):
            (half,) = (one for one in tmp_path.iterdir() if one != path)
            assert mode_of(half) == 0o600  # never more open than what it replaces
        assert mode_of(path) == 0o600
        path.chmod(0o664)
        write(path)
        assert mode_of(path) == 0o664
    finally:
        os.umask(mask)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files to others"
)
def test_root_leaves_a_file_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"older")
    path.chmod(0o640)
    os.chown(path, 65534, 65533)
    write(path)
    found = path.stat()
    assert (found.st_uid, found.st_gid, mode_of(path)) == (65534, 65533, 0o640)
    assert path.read_bytes() == b"new"


@posix
def test_an_owner_that_cannot_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may replace a file and not give it away owns it then; of the group as much is tried."""
    path = tmp_path / "out"
    path.write_bytes(b"older")
    path.chmod(0o640)
    asked = []

    def refuse(handle: int, owner: int, group: int) -> None:
        asked.append((owner, group))
        raise PermissionError(errno.EPERM, "Operation not permitted")

    mine = os.fstat

    def other(handle: int) -> os.stat_result:
        found = list(mine(handle))
        found[stat.ST_UID] += 1
        return os.stat_result(found)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fchown", refuse)
        patch.setattr(os, "fstat", other)
        write(path)
    own = path.stat()
    assert asked == [(own.st_uid, own.st_gid), (-1, own.st_gid)]
    assert path.read_bytes() == b"new" and mode_of(path) == 0o640


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target = tmp_path / "far" / "target"
    link = tmp_path / "link"
    link.symlink_to(target)
    for before in (None, b"older"):
        if before is not None:
            target.write_bytes(before)
        write(link)
        assert link.is_symlink() and target.read_bytes() == b"new"
        assert os.listdir(target.parent) == ["target"]
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(OSError, match="link") as raised:
        write(link)
    assert raised.value.filename == str(link)


@posix
def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    """A device would be a file afterwards, and nobody would notice."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for name in (path, tmp_path / "link"):
        if name != path:
            name.symlink_to(path)
        taken: list[bytes] = []
        reader = threading.Thread(
            target=lambda out=taken: out.append(path.read_bytes()),
            daemon=True,  # nobody may come to write
        )
        reader.start()
        write(name)
        reader.join(5)
        assert taken == [b"new"]
        assert stat.S_ISFIFO(path.stat().st_mode)
    assert sorted(os.listdir(tmp_path)) == ["link", "pipe"]


def test_long_names(tmp_path: Path) -> None:
    for name in ("x" * 250, "顧" * 80):
        write(tmp_path / name)
    assert len(os.listdir(tmp_path)) == 2


def test_a_folder_that_vanishes(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    path = folder / "out"

    def vanish(failure: str = "") -> None:
        with WholeFile(path) as file:
            file.write(b"new")
            shutil.rmtree(folder)
            if failure:
                raise ValueError(failure)

    with pytest.raises(FileNotFoundError) as raised:
        vanish()
    assert raised.value.filename == str(path)
    with pytest.raises(FileNotFoundError, match="gone does not exist") as raised:
        write(path)
    assert raised.value.filename == str(path)
    folder.mkdir()
    with pytest.raises(IsADirectoryError, match="give the name of a file"):
        write(folder)
    with pytest.raises(ValueError, match="of the block"):
        vanish("of the block")


@posix
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    place = folder if os.geteuid() != 0 else Path("/sys")  # closed to root, too
    if place != folder and not sysfs():
        pytest.skip("no folder here is closed to root")
    with pytest.raises(OSError, match=r"out\.csv") as raised:
        write(place / "out.csv")
    assert raised.value.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
    assert raised.value.filename == str(place / "out.csv")


def sysfs() -> bool:
    try:
        text = Path("/proc/mounts").read_text(encoding="utf-8")
    except OSError:
        return False
    return any(line.split()[1:3] == ["/sys", "sysfs"] for line in text.splitlines())


def test_a_full_disk_names_the_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of a process are POSIX's")
    path = tmp_path / "out"
    path.write_bytes(b"older")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for size in (100, 1 << 20):  # when it is closed; while it is written
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
        try:
            with pytest.raises(OSError, match="out") as raised:
                write(path, b"x" * size)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert (raised.value.errno, raised.value.filename) == (errno.EFBIG, str(path))
        assert os.listdir(tmp_path) == ["out"] and path.read_bytes() == b"older"


def test_threads_write_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "out"
    texts = [bytes([65 + k]) * 100_000 for k in range(8)]
    threads = [threading.Thread(target=write, args=(path, one)) for one in texts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert path.read_bytes() in texts
    assert os.listdir(tmp_path) == ["out"]
