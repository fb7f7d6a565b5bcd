"""The types of fields of plant.toml: how ids, times, decimals and choices are written."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DATE = r"\d{4}-\d{2}-\d{2}"
_MOMENT = rf"{_DATE}T\d{{2}}:\d{{2}}(?::\d{{2}})?(?:Z|[+-]\d{{2}}:\d{{2}})"
EXCEPTION = re.compile(rf"{_DATE}|{_DATE}/{_DATE}|{_MOMENT}/{_MOMENT}")


NOT_ONE_OF = "not_one_of"


def one_of(*allowed: str) -> AfterValidator:
    """A text of a closed list; its error is of the type NOT_ONE_OF and has the list."""

    def check(value: str) -> str:
        if value not in allowed:
            raise PydanticCustomError(NOT_ONE_OF, "is none", {"expected": ", ".join(allowed)})
        return value

    return AfterValidator(check)


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Env = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
DecimalText = Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,9})?$")]
SignedText = Annotated[str, Field(pattern=r"^-?\d{1,12}(\.\d{1,12})?$")]
RationalText = Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,9}|/[1-9]\d{0,8})?$")]
Clock = Annotated[str, Field(pattern=rf"^{_CLOCK}$")]
Span = Annotated[str, Field(pattern=rf"^{_CLOCK}-{_CLOCK}$")]
Exceptions = list[Annotated[str, Field(pattern=rf"^(?:{EXCEPTION.pattern})$")]]


class Shape(BaseModel):
    """Strict: no unknown keys, and no value of another type is taken for the right one."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
