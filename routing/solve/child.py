"""The child process of :mod:`routing.solve.process`: one piece of work on standard input, frames on standard output.

Run as ``python -m routing.solve.child``. A frame is a length (8 bytes, big endian) and a pickle:
``("progress", progress)``, at last ``("answer", answer)`` or ``("failed", type, message, traceback)``.

OR-Tools holds the GIL for its whole search, so no thread in here could watch over it. The kernel
does: this process is killed when its parent dies (Linux), when its real time is up, and when its
CPU time is up, none of which needs Python to run.
"""

from __future__ import annotations

import ctypes
import math
import os
import pickle  # nosec B403: both ends are this program, over an anonymous pipe
import resource
import signal
import struct
import sys
import traceback
from typing import BinaryIO, Final

HEADER: Final = struct.Struct(">Q")
_PR_SET_PDEATHSIG: Final = 1
#: The parent's own limit comes first; these are for a parent that is stopped or gone.
_GRACE: Final = 5.0


def die_with(parent: int, seconds: float) -> None:
    """Let the kernel kill this process when ``parent`` dies or ``seconds`` (and some grace) have passed."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it died before the kernel was asked
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)
    cpu, (_, most) = math.ceil(seconds + _GRACE), resource.getrlimit(resource.RLIMIT_CPU)
    if most == resource.RLIM_INFINITY or cpu < most:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, most))


def write_frame(stream: BinaryIO, frame: object) -> None:
    """Send one frame."""
    body = pickle.dumps(frame)
    stream.write(HEADER.pack(len(body)) + body)
    stream.flush()


def main() -> None:
    """Do the work that the parent sends."""
    # Whatever a library prints must not get between the frames.
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    parent, seconds, work = pickle.load(sys.stdin.buffer)  # nosec B301
    die_with(parent, seconds)
    try:
        # After the limits: reading it imports the solver, and OR-Tools takes a moment.
        answer = pickle.loads(work)(lambda progress: write_frame(frames, ("progress", progress)))  # nosec B301
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more
    except Exception as error:  # noqa: BLE001  reported to the parent, which raises it by name
        write_frame(frames, ("failed", type(error).__name__, str(error), traceback.format_exc()))
        return
    write_frame(frames, ("answer", answer))


if __name__ == "__main__":
    main()
