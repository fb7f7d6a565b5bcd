"""LibreOffice Calc, which opens our workbooks and saves them as other files."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.interop.programs import MEND, Missing

# Comma, quotes, UTF-8, from the first line; values and not as they are shown; all sheets.
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
KINDS = {
    "csv": CSV,
    "ods": "ods:calc8",
    "xls": "xls:MS Excel 97",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
}
OPEN_S = 120.0


@dataclass
class Calc:
    """Opens files without a window; `folder` is its own for this run."""

    folder: Path

    def saved_as(self, kind: str, data: bytes) -> dict[str, bytes]:
        """Open a workbook and save it as `kind`: what it wrote, by file name."""
        program = shutil.which("soffice")
        if program is None:
            raise Missing(f"LibreOffice Calc is not installed; mend: {MEND}")
        source, out = self.folder / "book.xlsx", self.folder / kind
        source.write_bytes(data)
        shutil.rmtree(out, ignore_errors=True)
        command = [
            program,
            f"-env:UserInstallation={(self.folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            KINDS[kind],
            "--outdir",
            str(out),
            str(source),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=OPEN_S, check=False)
        assert done.returncode == 0, done.stderr
        return {one.name: one.read_bytes() for one in out.iterdir()}
