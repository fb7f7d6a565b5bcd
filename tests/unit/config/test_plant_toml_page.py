"""docs/plant_toml.md against the model: every key with its default, meaning and example."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_origin

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from edge.config import ROLES, load
from edge.configuration.faults import as_toml
from edge.configuration.fields import shape_in
from edge.configuration.model import StateRow
from edge.configuration.shape import PlantShape

PAGE = (Path(__file__).parents[3] / "docs" / "plant_toml.md").read_text()
KEYS = PAGE.partition("# Keys\n")[2]


def tables(shape: type[BaseModel], title: str, path: str) -> Iterator[tuple[str, str, FieldInfo]]:
    """Section, key and field of every key of the file."""
    for name, field in shape.model_fields.items():
        inner, key = shape_in(field.annotation), f"{path}.{name}".removeprefix(".")
        if inner is None:
            yield title, name, field
            continue
        brackets = "[[{}]]" if get_origin(field.annotation) is list else "[{}]"
        yield from tables(inner, f"`{brackets.format(key)}`", key)


FIELDS = list(tables(PlantShape, "At the top", ""))


def section(title: str) -> list[str]:
    return KEYS.partition(f"## {title}\n")[2].partition("\n## ")[0].strip().splitlines()


def default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return "none" if field.default is None else f"`{as_toml(field.default)}`"


@pytest.mark.parametrize(("title", "name", "field"), FIELDS, ids=lambda each: str(each)[:30])
def test_every_key_is_on_the_page(title: str, name: str, field: FieldInfo) -> None:
    assert field.examples, "a mend shows the example"
    row = f"| `{name}` | {default(field)} | {field.description} | `{as_toml(field.examples[0])}` |"
    assert row in section(title)


@pytest.mark.parametrize(("title", "name", "field"), FIELDS, ids=lambda each: str(each)[:30])
def test_the_example_of_a_key_is_one(title: str, name: str, field: FieldInfo) -> None:
    checked: TypeAdapter[object] = TypeAdapter(field.rebuild_annotation())
    checked.validate_python(field.examples[0] if field.examples else None, strict=True)


def test_the_page_has_no_key_that_the_file_has_not() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", KEYS, re.MULTILINE)
    assert sorted(rows) == sorted(name for _, name, _ in FIELDS)


def test_every_role_is_explained() -> None:
    roles = PAGE.partition("## Roles")[2].partition("# Keys")[0]
    explained = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", roles, re.MULTILINE)))
    assert sorted(explained) == sorted(ROLES)


def test_the_small_plant_of_the_page_loads(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "plant.toml"
    file.write_text(example)
    plant = load(file)
    assert plant.devices[0].states == (StateRow(packml=6, raw=3),)
    assert plant.devices[0].state_model == "table"
    assert plant.edge.store == tmp_path / "edge.sqlite"
