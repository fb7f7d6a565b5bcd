"""CSV of any program: encodings and separators, told or seen, never guessed."""

import codecs

import pytest

from erp_sync.planfiles.csv_text import marked
from tests.unit.erp_sync.planfiles.books import faults, taken

CHINESE = "工单号;料号;版本;数量;交期;客户\nWO1;HINGE-60;A;1 200;2026年6月10日;华东机械\n"
ENGLISH = "id,product,rev,qty,due,customer\nWO1,HINGE-60,A,1200,10.06.2026,Müller\n"


@pytest.mark.parametrize(
    "data",
    [
        CHINESE.encode(),
        codecs.BOM_UTF8 + CHINESE.encode(),
        CHINESE.encode("gb18030"),
        CHINESE.encode("utf-16"),
        CHINESE.encode("utf-16-be"),
        codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"),
        CHINESE.encode("utf-16-le"),
        CHINESE.replace(";", "\t").encode("gb18030"),
        CHINESE.replace(";", ",").replace("\n", "\r\n").encode(),
        b"sep=;\r\n" + CHINESE.encode(),
    ],
)
def test_one_plan_in_many_encodings(data: bytes) -> None:
    sent = taken(data)
    assert not sent.faults
    assert sent.orders == [
        {
            "id": "WO1",
            "product": "HINGE-60",
            "product_revision": "A",
            "quantity": 1200,
            "due": "2026-06-11T00:00:00+02:00",
            "customer": "华东机械",
        }
    ]


def test_an_encoding_that_nothing_proves_is_asked_for() -> None:
    data = ENGLISH.encode("windows-1252")
    [fault] = taken(data).faults
    assert fault.place == f"byte {data.index(0xFC)}"
    assert "encoding=windows-1252" in fault.mend
    assert taken(data, encoding="windows-1252").orders[0]["customer"] == "Müller"
    assert taken(ENGLISH.encode("gb18030"), encoding="gb18030").orders[0]["customer"] == "Müller"
    assert faults(taken(ENGLISH.encode("utf-16"), encoding="utf-8"))


def test_a_separator_may_be_said() -> None:
    text = ENGLISH.replace("1200", '"1,200"')
    assert taken(text, separator="comma", decimal="point").orders[0]["quantity"] == 1200
    assert "row 1" in {one.place for one in taken(text, separator="tab").faults}


def test_a_field_with_the_separator_outside_quotes_is_named_by_its_cell() -> None:
    sent = taken("id,product,rev,qty,due\nWO1,HINGE-60,A,1,200,2026-06-10\n")
    assert "F2" in faults(sent)


def test_serial_dates_of_a_csv_are_asked_for() -> None:
    text = ENGLISH.replace("10.06.2026", "46203")
    assert faults(taken(text)) == {"E2 (due)": "46203"}
    assert taken(text, epoch="1904").orders[0]["due"] == "2030-07-02T00:00:00+02:00"


def test_lines_in_quotes_are_one_row_and_blank_lines_count() -> None:
    text = ENGLISH.replace("Müller", '"Mü\nller"') + "\n\nWO2,HINGE-60,A,x,10.06.2026,\n"
    assert faults(taken(text)) == {"D5 (quantity)": "x"}


def test_a_text_that_looks_like_a_formula_is_marked_as_a_text_and_read_without_the_mark() -> None:
    for said, written in (("=cmd|x", "'=cmd|x"), ("-Firma", "'-Firma"), ("'@x", "''@x")):
        assert marked(said) == written
        sent = taken(ENGLISH.replace("Müller", written))
        assert sent.orders[0]["customer"] == said
    assert marked("O'Neil = Sons") == "O'Neil = Sons"
    assert marked("'quoted'") == "'quoted'"
