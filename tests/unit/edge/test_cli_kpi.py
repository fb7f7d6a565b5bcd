"""How an explanation reads on a terminal."""

from zoneinfo import ZoneInfo

from edge.commands.kpi import explained

BERLIN = ZoneInfo("Europe/Berlin")

TOLD = {
    "kpi": {"en": "OEE index", "name": "oee"},
    "level": "unit",
    "of": "L1",
    "label": "2026-11-03T10:00+01:00",
    "arithmetic": {"formula": "Σ(PRI×GQ) / PBT", "numbers": "27 / 36", "result": "0.750000"},
    "absent": None,
    "coverage": "1.000000",
    "flags": [],
    "elements": [
        {"symbol": "PBT", "element": "planned_busy_time", "unit": "us", "value": "3600000000",
         "how": "time"},
    ],
    "calendars": [{"id": "day", "revision": "abc"}],
    "facts_shown": True,
    "units": [
        {
            "equipment_id": "L1",
            "intervals": [
                {"seq": 7, "from": 0, "us": 60_000_000, "time_class": "APT", "state": 6,
                 "job_order_id": "WO1.10", "stop": None, "reason": None},
            ],
            "pieces": [
                {"hour": 0, "job_order_id": "WO1.10", "run_time_per_item": "5/2", "good": 9,
                 "scrap": 1, "rework": 0, "facts": [
                     {"seq": 8, "kind": "production_count", "counts": {"good": 9}, "tag": "good",
                      "raw_from": 65_530, "raw_to": 3, "counter_epoch": 1, "flags": ["rollover"],
                      "actor": None, "corrections": [{"seq": 11}]},
                 ]},
            ],
            "records": [],
        }
    ],
}  # fmt: skip


def test_an_explanation_reads_from_the_figure_down_to_the_counter() -> None:
    text = "\n".join(explained(TOLD, BERLIN))
    assert "oee = Σ(PRI×GQ) / PBT\n  = 27 / 36\n  = 0.750000" in text
    assert "1:00:00" in text
    assert "(fact 7)" in text
    assert "  1970-01-01T01:00:00+01:00 " in text, "as the site has it, like the label"
    fact = "fact 8 production_count: +9 good good 65530..3 (counter epoch 1) [rollover]"
    assert f"{fact}; corrected by fact 11" in text


def test_a_figure_that_is_not_there_says_why() -> None:
    told = TOLD | {
        "arithmetic": {"formula": "GP / IP", "numbers": None, "result": None},
        "absent": "nothing to divide by in GP / IP",
    }
    assert "no figure: nothing to divide by" in "\n".join(explained(told, BERLIN))
