"""Public holidays of a country and region as closed days, by the library `holidays`.

Plans and plants ask here, so that both close on the same days. The days of a rule depend
on nothing but the rule, the years and the library's version, which is pinned. The library
is loaded when the first rule is read: most plants have none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Final
from warnings import catch_warnings
from zoneinfo import ZoneInfo

from edge.domain.calendars import resolve
from edge.domain.faults import Fault
from edge.domain.intervals import Interval, union

ENGLISH: Final = "en_US"
PUBLIC: Final = ("public",)


@dataclass(frozen=True, kw_only=True)
class HolidayRule:
    """Whose holidays: an ISO 3166-1 country, and a region of it as the library names it.

    `categories` are kinds of holidays of that country; none means the public ones.
    `worked` are holidays on which work goes on, by date (2026-06-04) or by name.
    """

    country: str
    subdivision: str | None = None
    categories: tuple[str, ...] = ()
    worked: tuple[str, ...] = ()


def rule_faults(rule: HolidayRule, years: Iterable[int]) -> Iterator[Fault]:
    """What the library does not know, with what it knows; places are fields of the rule."""
    library = _library()
    regions = library.list_supported_countries(include_aliases=False)
    if rule.country not in regions:
        mend = "use an ISO 3166 code: " + ", ".join(sorted(regions))
        yield Fault("country", rule.country, "no holidays of such a country are known", mend)
        return
    known = library.country_holidays(rule.country)
    names = [*known.subdivisions, *known.subdivisions_aliases]
    if rule.subdivision is not None and rule.subdivision not in names:
        mend = "use one of " + ", ".join(sorted(known.subdivisions)) if names else "remove it"
        message = f"is no region of {rule.country} that is known"
        yield Fault("subdivision", rule.subdivision, message, mend)
        return
    sound = True
    for category in rule.categories:
        if category not in known.supported_categories:
            sound = False
            mend = "use one of " + ", ".join(sorted(known.supported_categories))
            message = f"is no kind of holiday of {rule.country}"
            yield Fault("categories", category, message, mend)
    asked = sorted(years)
    if asked and not known.start_year <= asked[0] <= asked[-1] <= known.end_year:
        value = f"{asked[0]} to {asked[-1]}"
        message = f"holidays are known from {known.start_year} to {known.end_year}"
        yield Fault("country", value, message, "write `closed` days instead")
    elif sound:
        yield from _worked_faults(rule, asked)


def _worked_faults(rule: HolidayRule, years: list[int]) -> Iterator[Fault]:
    """A day that is worked although it is no holiday is a slip of the pen."""
    for index, one in enumerate(rule.worked):
        day = _date(one)
        named = _named(rule, [day.year] if day else years)
        if day in named or any(one in names for names in named.values()):
            continue
        there = sorted({name for names in named.values() for name in names})
        mend = "use a date or a name of " + ", ".join(there)
        yield Fault(f"worked[{index}]", one, "is no holiday there", mend)


def closed_days(rule: HolidayRule, first: date, last: date) -> tuple[date, ...]:
    """Holidays from the first to the last day (both included) on which nobody works."""
    named = _named(rule, range(first.year, last.year + 1))
    worked = set(rule.worked)
    return tuple(
        day
        for day, names in sorted(named.items())
        if first <= day <= last and day.isoformat() not in worked and not names & worked
    )


def closed_spans(rule: HolidayRule, first: date, last: date, zone: ZoneInfo) -> list[Interval]:
    """The same as local days from midnight to midnight, microseconds UTC."""
    midnight, one_day = time(0), timedelta(days=1)
    days = closed_days(rule, first, last)
    return list(
        union(
            Interval(resolve(day, midnight, zone), resolve(day + one_day, midnight, zone))
            for day in days
        )
    )


def _named(rule: HolidayRule, years: Iterable[int]) -> Mapping[date, frozenset[str]]:
    """Days with their names, in English and in the language of the country."""
    library = _library()
    found: dict[date, frozenset[str]] = {}
    languages = {getattr(library, rule.country).default_language, ENGLISH if rule.worked else None}
    for language in languages - {None} or {None}:
        with catch_warnings(action="ignore"):  # of years for which it knows no lunar feasts
            listed = library.country_holidays(
                rule.country,
                subdiv=rule.subdivision,
                years=years,
                language=language,
                categories=rule.categories or PUBLIC,
            )
        for day, names in listed.items():
            found[day] = found.get(day, frozenset()) | frozenset(names.split("; "))
    return found


def _library() -> Any:
    import holidays

    return holidays


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
