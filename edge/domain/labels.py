"""Labels in ZPL: a template with {placeholders}, filled in so that nothing in a value is a command.

`^` and `~` begin commands of ZPL. In a field with `^FH` any character can be written as `_` and
two hex digits, so values are written that way, and a placeholder outside such a field is a fault
of the template. `^CI28` (UTF-8), width and length are put in where a template does not say them.
"""

import re
from collections.abc import Iterator, Mapping

NAMES = (
    "lot",
    "kind",
    "material",
    "description",
    "revision",
    "quantity",
    "unit",
    "expires",
    "supplier_lot",
    "job_order",
    "order",
    "customer",
    "work_center",
    "site",
    "made",
    "printed",
    "sscc",
    "contents",
    "copy",
)
PLACEHOLDER = re.compile(r"\{(\w*)\}")
FIELD = re.compile(r"\^FD(.*?)\^FS", re.DOTALL)
MM_PER_INCH = 254  # tenths


def template_faults(template: str) -> Iterator[str]:
    """What is wrong with a template, each with its mend."""
    if "^XA" not in template or "^XZ" not in template:
        yield "has no ^XA ... ^XZ; begin the label with ^XA and end it with ^XZ"
    for name in PLACEHOLDER.findall(template):
        if name not in NAMES:
            yield f"{{{name}}} is no placeholder; there are: {', '.join(NAMES)}"
    inside = 0
    for field in FIELD.finditer(template):
        names = PLACEHOLDER.findall(field.group(1))
        inside += len(names)
        before = template[: field.start()]
        own = before[before.rfind("^FS") + 1 :]
        if names and "^FH" not in own:
            yield f"{{{names[0]}}} stands in a field without ^FH; write ^FH before its ^FD"
    if inside != len(PLACEHOLDER.findall(template)):
        yield "a placeholder stands outside ^FD ... ^FS; put it into a field"


def escaped(value: str) -> str:
    """A value as a field with ^FH takes it: no command, no escape and no control in it."""
    return "".join(
        f"_{ord(sign):02X}" if sign in "^~_\\" or ord(sign) < 32 or ord(sign) == 127 else sign
        for sign in value
    )


def rendered(
    template: str, values: Mapping[str, str], *, dpi: int, width_mm: int, height_mm: int
) -> str:
    """The label of a template that is sound; a value that is not given is empty."""
    filled = PLACEHOLDER.sub(lambda found: escaped(values.get(found[1], "")), template)
    head = [
        command
        for name, command in (
            ("^CI", "^CI28"),
            ("^PW", f"^PW{_dots(width_mm, dpi)}"),
            ("^LL", f"^LL{_dots(height_mm, dpi)}"),
        )
        if name not in template
    ]
    return filled.replace("^XA", "^XA" + "".join(head), 1)


def _dots(mm: int, dpi: int) -> int:
    return mm * 10 * dpi // MM_PER_INCH


LOT_LABEL = """^XA
^FO30,30^A0N,40,40^FH^FD{material} {revision}^FS
^FO30,80^A0N,28,28^FH^FD{description}^FS
^FO30,130^BCN,110,Y,N,N^FH^FD{lot}^FS
^FO30,290^A0N,28,28^FH^FD{quantity} {unit}   {job_order}   {made}^FS
^FO30,330^A0N,28,28^FH^FD{customer}  {expires}^FS
^FO560,60^BQN,2,6^FH^FDQA,{lot}^FS
^XZ
"""
PALLET_LABEL = """^XA
^FO30,30^A0N,40,40^FH^FD{customer}^FS
^FO30,90^A0N,28,28^FB740,6,4^FH^FD{contents}^FS
^FO30,300^BCN,150,Y,N,N^FH^FD>;>8{sscc}^FS
^XZ
"""
BUILT_IN: Mapping[str, str] = {"lot": LOT_LABEL, "serial": LOT_LABEL, "pallet": PALLET_LABEL}
