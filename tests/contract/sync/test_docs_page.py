"""docs/sync.md says what is there: every call with its scope, metric, key and problem."""

import re
from pathlib import Path

from erp_sync.config import _File
from tests.contract.sync.site import Site

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "sync.md").read_text(encoding="utf-8")


async def test_every_call_is_documented_and_no_other(site: Site) -> None:
    api = (await site.get("/openapi.json", who=None)).json()["paths"]
    served = {f"{method.upper()} {path}" for path, calls in api.items() for method in calls}
    told = set(re.findall(r"^\| `((?:GET|PUT|POST|DELETE) [^`]+)` \|", PAGE, re.MULTILINE))
    assert told == served


async def test_every_metric_is_documented_and_no_other(site: Site) -> None:
    text = (await site.get("/metrics")).text
    served = set(re.findall(r"^# TYPE (taktline_\w+) ", text, re.MULTILINE))
    told = set(re.findall(r"`(taktline_sync_\w+)", PAGE))
    assert {name for name in served if not name.endswith("_created")} == told


def test_every_key_of_the_configuration_is_documented() -> None:
    keys = set(re.findall(r"^\| `([\w.]+)` \|", PAGE, re.MULTILINE))
    assert {key for key in keys if not key.startswith("taktline_")} == set(_keys())


def _keys() -> list[str]:
    keys = []
    for name, schema in _File.model_json_schema()["properties"].items():
        reference = schema.get("items", schema).get("$ref")
        if reference is None:
            keys.append(name)
            continue
        table = _File.model_json_schema()["$defs"][reference.rpartition("/")[2]]
        keys += [f"{name}.{key}" for key in table["properties"]]
    return keys


def test_every_problem_is_documented() -> None:
    sources = (ROOT / "erp_sync").rglob("*.py")
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    kinds = set(re.findall(r"(?:Problem|Alarm)\(\s*\d{3},\s*\"([a-z-]+)\"", code))
    kinds |= set(re.findall(r"conflict\(\s*\"([a-z-]+)\"", code))
    assert len(kinds) > 15
    for kind in kinds:
        assert f"`{kind}`" in PAGE, kind
