"""People in the More menu: signing on by badge or PIN, signing off, and who is here."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.formatting import NOTHING, site_time
from terminal_ui.items import Call, Item, Nothing, Outcome, Room, Scan, Sight, Table, page

Rows = Sequence[Mapping[str, Any]]


async def people(sight: Sight) -> Rows:
    """The people of this edge; Nothing if plant.toml names none."""
    rows = cast("Mapping[str, Rows]", await sight.get("/people"))["items"]
    if not rows:
        raise Nothing(sight.texts.t("people.nobody"))
    return rows


async def ask_pin(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Who, of those that have a PIN, and the PIN."""
    choices = [
        Choice(code=one["id"], text=one["name"]) for one in await people(sight) if one["pin"]
    ]
    if not choices:
        raise Nothing(sight.texts.t("people.no_pins"))
    return (
        Field(name="person", kind=Kind.CHOICE, choices=choices),
        Field(name="pin", kind=Kind.SECRET),
    )


async def ask_present(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Who, of those that are here."""
    choices = [
        Choice(code=one["id"], text=one["name"]) for one in await people(sight) if one["present"]
    ]
    if not choices:
        raise Nothing(sight.texts.t("people.none_present"))
    return (Field(name="person", kind=Kind.CHOICE, choices=choices, default=sight.actor),)


def send_on(sight: Sight, answers: Answers) -> Call:
    """Begin to work at this machine."""
    body = {name: answers[name] for name in ("badge", "person", "pin") if name in answers}
    return Call(path="/sign-ons", body=body | {"work_center": sight.board.work_center})


def signed_on(sight: Sight, _answers: Answers, answer: Mapping[str, object]) -> Outcome:
    """Whoever signed on acts from now on."""
    person = str(answer.get("person") or "")
    return Outcome(actor=person, message=sight.texts.t("people.welcome", person=person))


def send_off(sight: Sight, answers: Answers) -> Call:
    """End the work at this machine."""
    body = {"person": answers["person"], "work_center": sight.board.work_center}
    return Call(path="/sign-offs", body=body)


def send_leave(_sight: Sight, answers: Answers) -> Call:
    """Leave the site."""
    return Call(path="/sign-offs", body={"person": answers["person"]})


async def show_people(sight: Sight, _answers: Answers) -> Table:
    """Everybody: where they are since when, and their skills."""
    return Table(
        columns=("name", "crew", "where", "since", "skills"),
        rows=[_row(one, sight) for one in await people(sight)],
    )


def _row(one: Mapping[str, Any], sight: Sight) -> Sequence[str]:
    time = site_time(sight.board.label)
    present = one["present"]
    expired = sight.texts.t("people.expired")
    skills = (
        skill["skill"] if skill["valid"] else f"{skill['skill']} ({expired} {skill['until']})"
        for skill in one["skills"]
    )
    return (
        one["name"],
        one["crew"] or NOTHING,
        ", ".join(on["at"] for on in present) or NOTHING,
        time.clock(min(on["since"] for on in present)) if present else NOTHING,
        ", ".join(skills) or NOTHING,
    )


ROOM = Room(
    name="people",
    order=10,
    items=(
        Item(
            name="badge",
            asks=(page(Field(name="badge", kind=Kind.SCAN, prefix="P:")),),
            send=send_on,
            then=signed_on,
        ),
        Item(name="pin", asks=(ask_pin,), send=send_on, then=signed_on),
        Item(name="off", asks=(ask_present,), send=send_off),
        Item(name="leave", asks=(ask_present,), send=send_leave),
        Item(name="list", show=show_people),
    ),
    scans=(Scan(prefix="P:", item="badge", field="badge"),),
)
