"""Run a command that ends when its starter ends, however that ended (Linux).

    python -m simulators.demo.leash PID COMMAND [ARGUMENTS]

PID is the starter. The kernel is asked to kill this process when its parent dies
(PR_SET_PDEATHSIG, prctl(2)); that stands across exec. Elsewhere than on Linux the
command runs without a leash.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    starter, *command = sys.argv[1:]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != int(starter):
        sys.exit("leash: the starter has ended already")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
