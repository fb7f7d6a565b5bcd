"""Compile what the planner spends its time in; without a C compiler it runs as Python.

    python hatch_build.py

The modules of `edge/planning/kernel` are compiled as one, which takes a fifth of the time that
each for itself would. The package's build calls this, so that wheels hold the library; `make
setup` and `make test` call it for a checkout, where it compiles what has changed.
"""

import re
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
KERNEL = "edge/planning/kernel"
LAST = "search"
COMPILED = f"{KERNEL}/compiled"
MERGED = Path("build") / f"{COMPILED}.py"
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "infer_types": True,
    "annotation_typing": False,
    "show_performance_hints": False,
}
# Never contracted: multiply and add rounded at once would give other plans on other processors.
# -O1: -O3 takes three times as long to compile, and what it makes runs some 5 % quicker.
FLAGS = ["-O1", "-g0", "-ffp-contract=off"]


class CompiledKernel(BuildHookInterface[Any]):
    """Puts the compiled modules into wheels; builds a wheel without them where that fails."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        if not compile_in_place():
            self.app.display_warning(WITHOUT)
            return
        if version == "standard":
            build_data["pure_python"], build_data["infer_tag"] = False, True
            build_data["artifacts"].append(f"{COMPILED}.*.so")


WITHOUT = (
    "the planner's kernel was not compiled: plans are the same, but take some thirty times as "
    "long. It needs a C compiler and Python's headers (Debian: apt-get install gcc python3-dev)"
)


def compile_in_place() -> bool:
    """Leave a library beside the modules if they have changed; False if it cannot be compiled."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.errors import BaseError, CCompilerError

    merge()
    extension = Extension(COMPILED.replace("/", "."), [str(MERGED)], extra_compile_args=FLAGS)
    built = cythonize(
        [extension],
        compiler_directives=DIRECTIVES,
        include_path=["build"],
        show_all_warnings=False,
        quiet=True,
    )
    command = Distribution({"name": "taktline", "ext_modules": built}).get_command_obj("build_ext")
    command.inplace = True
    command.ensure_finalized()
    try:
        command.run()
    except (BaseError, CCompilerError, OSError):
        return False
    for library in ROOT.glob(f"{COMPILED}.*.so"):
        library.touch()  # it is of the sources as they stand, whenever they were written
    return True


def merge() -> None:
    """Write the modules as one, and their types as one; untouched where nothing has changed."""
    names = chain()
    types = [(ROOT / KERNEL / f"{name}.pxd").read_text() for name in names]
    constants = sorted({one for text in types for one in CONSTANTS.findall(text)})
    merged = {
        ".py": [(ROOT / KERNEL / f"{name}.py").read_text() for name in names],
        ".pxd": ["cimport cython\n", *constants, *(CONSTANTS.sub("", text) for text in types)],
    }
    MERGED.parent.mkdir(parents=True, exist_ok=True)
    for suffix, texts in merged.items():
        path, text = MERGED.with_suffix(suffix), "\n".join(OWN.sub("", one) for one in texts)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def chain() -> list[str]:
    """The kernel's modules, each after the one that it is built on."""
    names = [LAST]
    while found := re.search(OWN, (ROOT / KERNEL / f"{names[0]}.py").read_text()):
        names.insert(0, found[1])
    return names


OWN = re.compile(rf"^from {KERNEL.replace('/', '.')}\.(\w+) c?import .*\n", re.MULTILINE)
CONSTANTS = re.compile(r"^cdef long long .*\n", re.MULTILINE)


if __name__ == "__main__" and not compile_in_place():
    sys.exit(WITHOUT)
