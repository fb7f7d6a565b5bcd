"""The difference of two plans in words: one sentence for each thing that somebody cares about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from edge.domain.clock import parse_time
from edge.domain.hours import moment_label
from edge.domain.sentences import Sentence, say
from edge.planning.comparing.difference import Difference, How, Lateness, Move

Json = Mapping[str, Any]


def words(found: Difference, zone: ZoneInfo) -> list[Sentence]:
    """What moved, what became late and why, what is on time again; one that says that nothing is
    other where that is so. Times are those of `zone`, lengths hours with one decimal."""
    if found.nothing:
        return [say("plan.nothing_changed", "nothing is planned otherwise than before")]
    said = [
        *(_became(one, zone) for one in found.lateness),
        *(_moved(one, zone) for one in found.moved),
        *(say("plan.order_new", "{order} is planned for the first time", order=one)
          for one in found.new),
        *(say("plan.order_gone", "of {order} nothing is planned any more", order=one)
          for one in found.gone),
        *(_shifted(one, zone) for one in found.shifted),
    ]  # fmt: skip
    return [*said, *_in_all(found)]


def _in_all(found: Difference) -> Iterator[Sentence]:
    if found.moved:
        yield say(
            "plan.moved_in_all",
            "{count} operations move, {hours} h of work in all",
            count=len(found.moved),
            hours=hours(found.moved_s),
        )
    if found.hours:
        yield say(
            "plan.hours_changed",
            "{count} hour instructions are other than before",
            count=len(found.hours),
        )


def _moved(one: Move, zone: ZoneInfo) -> Sentence:
    if one.how is How.WORK_CENTER:
        return say(
            "plan.moved_center",
            "{order} operation {operation} goes to {after} at {start}, no longer to {before} at"
            " {was} ({hours} h)",
            order=one.order,
            operation=one.operation,
            after=one.after.work_center,
            start=moment_label(one.after.start, zone),
            before=one.before.work_center,
            was=moment_label(one.before.start, zone),
            hours=hours(one.after.work_s),
        )
    start, was = (moment_label(place.start, zone) for place in (one.after, one.before))
    if start == was:
        return say(
            "plan.moved_beside",
            "{order} operation {operation} changes its place on {work_center}: still at {start}, to"
            " {end} ({hours} h)",
            order=one.order,
            operation=one.operation,
            work_center=one.after.work_center,
            start=start,
            end=moment_label(one.after.end, zone),
            hours=hours(one.after.work_s),
        )
    return say(
        "plan.moved_order",
        "{order} operation {operation} changes its place on {work_center}: at {start}, no longer"
        " at {was} ({hours} h)",
        order=one.order,
        operation=one.operation,
        work_center=one.after.work_center,
        start=start,
        was=was,
        hours=hours(one.after.work_s),
    )


def _shifted(one: Move, zone: ZoneInfo) -> Sentence:
    return say(
        "plan.shifted",
        "{order} operation {operation} on {work_center}: {start} to {end}, was {was} to {until}",
        order=one.order,
        operation=one.operation,
        work_center=one.after.work_center,
        start=moment_label(one.after.start, zone),
        end=moment_label(one.after.end, zone),
        was=moment_label(one.before.start, zone),
        until=moment_label(one.before.end, zone),
    )


def _became(one: Lateness, zone: ZoneInfo) -> Sentence:
    if not one.after_s:
        return say(
            "plan.on_time_again",
            "{order} is no longer late; it was late by {hours} h",
            order=one.order,
            hours=hours(one.before_s),
        )
    if not one.before_s:
        return say(
            "plan.became_late",
            "{order} becomes late by {hours} h: {why}",
            order=one.order,
            hours=hours(one.after_s),
            why=_why(one, zone),
        )
    if one.after_s > one.before_s:
        return say(
            "plan.later",
            "{order} is late by {hours} h, {more} h more than before: {why}",
            order=one.order,
            hours=hours(one.after_s),
            more=hours(one.after_s - one.before_s),
            why=_why(one, zone),
        )
    return say(
        "plan.less_late",
        "{order} is late by {hours} h, {less} h less than before: {why}",
        order=one.order,
        hours=hours(one.after_s),
        less=hours(one.before_s - one.after_s),
        why=_why(one, zone),
    )


def _why(one: Lateness, zone: ZoneInfo) -> Sentence:
    return not_yet() if one.unexplained else why(one.reasons, zone, one.ahead)


def not_yet() -> Sentence:
    """Of a late order of which no reason was looked for."""
    return say("plan.late_unexplained", "why is not worked out yet")


def why_late(
    row: Json, zone: ZoneInfo, ahead: Sequence[str] = (), *, unexplained: bool
) -> Sentence:
    """Why an order of a schedule is late; `unexplained`: no reason was looked for. `ahead` as
    `why` has it."""
    if unexplained:
        return not_yet()
    if row["completion"] is None:  # the plan has nothing of it behind the hours that stay
        return say("plan.late_kept", "what is left of it stands in hours that stay as they are")
    return why(row["reasons"], zone, ahead)


def why(reasons: Any, zone: ZoneInfo, ahead: Sequence[str] = ()) -> Sentence:
    """The first reason of a schedule's order, which helps most, in a few words; `ahead` are orders
    that its work center makes before it, where that has time enough in all."""
    first: Json = reasons[0] if reasons else {}
    kind = first.get("type")
    if kind == "CAPACITY" and first.get("skills"):
        return say(
            "plan.late_staffed",
            "{work_center}, or who can do it ({skills}), is busy with other orders",
            work_center=str(first["work_center"]),
            skills=", ".join(first["skills"]),
        )
    if kind == "CAPACITY" and first["needed_s"] > first["available_s"]:
        return say(
            "plan.late_capacity",
            "{work_center} has {available} h for {needed} h of work until then",
            work_center=str(first["work_center"]),
            available=hours(first["available_s"]),
            needed=hours(first["needed_s"]),
        )
    if kind == "CAPACITY" and ahead:
        return say(
            "plan.late_behind",
            "{work_center} makes other orders first: {orders}",
            work_center=str(first["work_center"]),
            orders=", ".join(ahead),
        )
    if kind == "CAPACITY":  # there is time enough in all, and not when its pieces come
        return say(
            "plan.late_busy",
            "{work_center} is closed, or busy with other orders, when its pieces come",
            work_center=str(first["work_center"]),
        )
    if kind == "MATERIAL":
        until = moment_label(parse_time(first["until"]), zone)
        return say("plan.late_material", "its material comes at {until}", until=until)
    if kind == "FROZEN":
        until = moment_label(parse_time(first["until"]), zone)
        return say("plan.late_frozen", "hours are kept as they are until {until}", until=until)
    if kind == "CALENDAR":
        return say("plan.late_calendar", "work centers are closed by exception")
    if kind == "PRECEDENCE":
        return say("plan.late_precedence", "its pieces wait to be passed on together")
    return say("plan.late_unproved", "no single constraint makes it so")


def hours(seconds: int) -> str:
    """Hours with one decimal; a little is never none."""
    tenths = max(round(seconds / 360), 1) if seconds > 0 else 0
    return f"{tenths // 10}.{tenths % 10}"
