"""The command `taktline`: finds its subcommands through entry points.

Each package registers its own commands, each a `typer.Typer`, in the group
``taktline.commands``. Only the one that is called is imported, so an edge
without the sync's packages still runs, and says which extra it lacks if it is
asked for more.
"""

import ast
import errno
import os
import re
import sys
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, requires, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

GROUP = "taktline.commands"
USAGE_ERROR, NOT_WRITTEN, INTERRUPTED = 2, 3, 130
NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})
EXTRAS = {
    "edge": "edge",
    "plc_drivers": "edge",
    "erp_sync": "sync",
    "terminal_ui": "terminal",
    "simulators": "simulators",
}


def main() -> None:
    """Run one subcommand: `taktline COMMAND [ARGUMENTS]`; 130 on Ctrl-C, also while it loads."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        # What is buffered still would fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.stderr.write(f"taktline: what was to be written is not whole: {error.strerror}\n")
        sys.exit(NOT_WRITTEN)


def _run() -> None:
    commands = {entry.name: entry for entry in entry_points(group=GROUP)}
    name, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("--help", [])
    if name == "--version":
        sys.stdout.write(f"taktline {version('taktline')}\n")
    elif name in {"--help", "-h"}:
        sys.stdout.write(_overview(commands))
    elif name in commands:
        _load(commands[name])(args=rest, prog_name=f"taktline {name}")
    else:
        sys.stderr.write(f"taktline: no command {name!r}; one of: {', '.join(sorted(commands))}\n")
        sys.exit(USAGE_ERROR)


def _load(entry: EntryPoint) -> "typer.Typer":
    try:
        app = entry.load()
    except ModuleNotFoundError as missing:
        package = entry.module.partition(".")[0]
        extra = EXTRAS.get(package, package)
        sys.stderr.write(
            f"taktline {entry.name}: {missing.name} is not installed; "
            f"mend: pip install 'taktline[{extra}]'\n"
        )
        sys.exit(USAGE_ERROR)
    loaded: typer.Typer = app
    return loaded


def _overview(commands: dict[str, EntryPoint]) -> str:
    lines = ["Usage: taktline COMMAND [ARGUMENTS]", "", "Commands:"]
    widest = max(map(len, commands), default=0)
    lacking = {extra: _lacking(extra) for extra in set(EXTRAS.values())}
    for name in sorted(commands):
        entry = commands[name]
        missing = lacking.get(EXTRAS.get(entry.module.partition(".")[0], ""))
        line = f"(not installed: {missing})" if missing else _help_of(entry)
        lines.append(f"  {name:<{widest}}  {line}")
    more = "`taktline COMMAND --help` tells more; --version the version."
    return "\n".join([*lines, "", more, ""])


def _help_of(entry: EntryPoint) -> str:
    """The first line of its help, read in its source: to load all commands takes seconds."""
    spec = find_spec(entry.module)
    if spec is None or spec.origin is None:
        return ""
    for node in ast.parse(Path(spec.origin).read_text()).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(keywords=options)):
                found = {one.arg: one.value for one in options if name == entry.attr}
                if isinstance(text := found.get("help"), ast.Constant):
                    return str(text.value).partition("\n")[0]
    return ""


def _lacking(extra: str) -> str:
    """A package of an extra that is not installed; empty if all are."""
    wanted = re.compile(rf"([\w.-]+)\s*;\s*extra == .{extra}.$")
    for found in filter(None, map(wanted.match, requires("taktline") or ())):
        try:
            version(found[1])
        except PackageNotFoundError:
            return found[1]
    return ""


if __name__ == "__main__":
    main()
