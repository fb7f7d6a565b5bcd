"""The operator terminal in a real terminal (tmux), for journeys that are no coroutines."""

import subprocess
import sys
import time
from pathlib import Path

PATIENCE_S = 30.0


class Screen:
    """A terminal of one work center, in a tmux server of its own."""

    def __init__(self, folder: Path, url: str, work_center: str, language: str) -> None:
        self._socket = str(folder / f"tmux-{work_center}")
        command = f"{sys.executable} -m taktline terminal --edge {url}"
        command += f" --work-center {work_center} --lang {language}"
        size = ("-x", "160", "-y", "44")
        self._tmux("new-session", "-d", *size, f"LANG=C.UTF-8 {command}")

    def end(self) -> None:
        self._tmux("kill-server")

    def text(self) -> str:
        """What it shows."""
        return self._tmux("capture-pane", "-p")

    def press(self, key: str, wanted: str) -> str:
        """Press a key and wait until it shows `wanted`; what it shows then."""
        self._tmux("send-keys", key)
        until, shown = time.monotonic() + PATIENCE_S, ""
        while time.monotonic() < until:
            shown = self.text()
            if wanted in shown:
                return shown
            time.sleep(0.1)
        raise AssertionError(f"no {wanted!r} after {key!r}:\n{shown}")

    def choose(self, wanted: str, then: str) -> str:
        """Choose the row of the menu that says `wanted`, and wait for `then`."""
        rows = [line for line in self.text().splitlines() if wanted in line]
        key = rows[0].partition(wanted)[0].split()[-1]
        return self.press(key, then)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *arguments], capture_output=True, text=True, check=False
        )
        return done.stdout
