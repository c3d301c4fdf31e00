"""Become another program: give up root, tie one's life to the parent's, then exec.

Run as a script (`python -I -S launch.py …`), not imported, so that nothing has to run between
fork and exec of a process that may have threads. The pid does not change.

Usage: launch.py PARENT_PID DEATH_SIGNAL UID GID -- PROGRAM ARGUMENT…   (UID -1: stay who we are)
"""

from __future__ import annotations

import ctypes
import os
import sys

# Linux constants, from <linux/prctl.h> and <linux/capability.h>.
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Half(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def main() -> None:
    parent, death_signal, uid, gid = (int(word) for word in sys.argv[1:5])
    program = sys.argv[6:]
    linux = sys.platform.startswith("linux")
    if uid >= 0:
        _become(uid, gid, keep_reach=linux)
    if linux:
        # After the change of user, which would clear it.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(f"the process that started {program[0]} is gone")
    os.execv(program[0], program)  # noqa: S606 - the caller's own command line, no shell


def _become(uid: int, gid: int, *, keep_reach: bool) -> None:
    """Become an ordinary user who can still walk to files below root's private folders.

    A checkout in /root or in a 0700 temporary folder is out of an ordinary user's reach. Opening
    those folders to everybody is not ours to do, so the new process keeps the single capability to
    search and read past folder permissions, where this process has it to give.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    capability = _reach(libc) if keep_reach else None
    if capability is not None:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if capability is not None:
        mask = 1 << capability
        halves = (_Half * 2)(_Half(mask, mask, mask), _Half(0, 0, 0))
        libc.capset(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), halves)
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def _reach(libc: ctypes.CDLL) -> int | None:
    """The weaker of the two capabilities that open folders; containers often have the other."""
    halves = (_Half * 2)()
    if libc.capget(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), halves) != 0:
        return None
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        if halves[0].permitted & (1 << capability):
            return capability
    return None


if __name__ == "__main__":
    main()
