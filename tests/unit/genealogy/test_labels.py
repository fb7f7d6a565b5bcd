"""Labels hold what they are told to and no commands; numbers of pallets have their check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.gs1 import check_digit, is_valid, sscc
from edge.domain.labels import BUILT_IN, NAMES, escaped, rendered, template_faults

DIGITS = st.text("0123456789", min_size=7, max_size=10)


@given(prefix=DIGITS, serial=st.integers(0, 999_999), extension=st.integers(0, 9))
def test_an_sscc_has_18_digits_and_its_check_digit(
    prefix: str, serial: int, extension: int
) -> None:
    number = sscc(prefix, serial, extension)
    assert len(number) == 18
    assert is_valid(number)
    assert number.startswith(f"{extension}{prefix}")
    assert int(number[1 + len(prefix) : -1]) == serial


@given(number=st.text("0123456789", min_size=1, max_size=17), data=st.data())
def test_one_wrong_digit_is_always_seen(number: str, data: st.DataObject) -> None:
    whole = number + check_digit(number)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([one for one in "0123456789" if one != whole[place]]))
    assert not is_valid(whole[:place] + other + whole[place + 1 :])


@pytest.mark.parametrize(
    ("digits", "check"),
    [("629104150021", "3"), ("37610425002123456", "9"), ("00012345555555555", "8")],
)
def test_published_check_digits(digits: str, check: str) -> None:
    """GS1's own examples of a GTIN-13 and an SSCC, and one worked by hand."""
    assert check_digit(digits) == check


@given(value=st.text())
def test_no_value_is_a_command_and_each_can_be_read_back(value: str) -> None:
    written = escaped(value)
    assert not set("^~") & set(written)
    read, at = "", 0
    while at < len(written):
        if written[at] == "_":
            read, at = read + chr(int(written[at + 1 : at + 3], 16)), at + 3
        else:
            read, at = read + written[at], at + 1
    assert read == value


@pytest.mark.parametrize("of", BUILT_IN)
def test_the_built_in_labels_are_sound(of: str) -> None:
    assert list(template_faults(BUILT_IN[of])) == []
    zpl = rendered(
        BUILT_IN[of], dict.fromkeys(NAMES, "^XZ~JA"), dpi=203, width_mm=100, height_mm=60
    )
    assert zpl.count("^XZ") == 1
    assert "~JA" not in zpl
    assert zpl.startswith("^XA^CI28^PW799^LL479")


FAULTS = {
    "^FO1,1^FDlot^FS": "has no ^XA",
    "^XA^FO1,1^FD{lot}^FS^XZ": "without ^FH",
    "^XA^FH^FDx^FS^FO1,1^FD{lot}^FS^XZ": "without ^FH",
    "^XA^FO1,1^FH^FD{lots}^FS^XZ": "{lots} is no placeholder",
    "^XA^FO{lot},1^FH^FDx^FS^XZ": "outside ^FD",
}


@pytest.mark.parametrize("template", FAULTS)
def test_a_template_that_is_not_sound_says_why(template: str) -> None:
    assert any(FAULTS[template] in fault for fault in template_faults(template))
