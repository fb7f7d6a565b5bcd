"""Compile what the planner spends its time in; without a C compiler it runs as Python.

    python hatch_build.py

The package's build calls it, so that wheels hold the compiled modules; `make setup` and
`make test` call it for a checkout, where it compiles what has changed.
"""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
KERNEL = "edge/planning/kernel"
MODULES = tuple(f"{KERNEL}/{one.stem}.py" for one in sorted((ROOT / KERNEL).glob("*.pxd")))
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
FLAGS = ["-O3", "-g0", "-ffp-contract=off"]


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
            build_data["artifacts"] += [f"{module[:-3]}.*.so" for module in MODULES]


WITHOUT = (
    "the planner's kernel was not compiled: plans are the same, but take some thirty times as "
    "long. It needs a C compiler and Python's headers (Debian: apt-get install gcc python3-dev)"
)


def compile_in_place() -> bool:
    """Leave a library beside each module that has changed; False if it cannot be compiled."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.errors import BaseError, CCompilerError

    extensions = [
        Extension(module[:-3].replace("/", "."), [str(module)], extra_compile_args=FLAGS)
        for module in MODULES
    ]
    built = cythonize(
        extensions,
        compiler_directives=DIRECTIVES,
        show_all_warnings=False,
        build_dir="build",
        quiet=True,
    )
    command = Distribution({"name": "taktline", "ext_modules": built}).get_command_obj("build_ext")
    command.inplace = True
    command.parallel = os.cpu_count() or 1
    command.ensure_finalized()
    try:
        command.run()
    except (BaseError, CCompilerError, OSError):
        return False
    return True


if __name__ == "__main__" and not compile_in_place():
    sys.exit(WITHOUT)
