"""The adviser as one process beside the planner: promises and what-ifs, one after the other.

    python -m edge.planning.promises.adviser

It keeps the plan that it was told last, so that a question is short. A question is a line with
a number, and so many bytes: a pickled `Learn` (answered with `{"known": key}`), `AskPromise`
(`{"promised": ...}`, or `{"unknown": key}` where it knows another plan or none) or `AskWhatIf`
(`{"what_if": ...}`). An answer is a line of JSON. A long search of the planner never delays it.
It ends at the end of its input.
"""

import logging
import os
import pickle
import sys
from typing import IO, Any

import msgspec

from edge.domain.calendars import CalendarEnds
from edge.domain.clock import to_datetime
from edge.domain.faults import Fault
from edge.domain.sentences import say
from edge.planning.comparing.feasible import feasible
from edge.planning.comparing.what_if import what_if
from edge.planning.errors import ScenarioInvalid
from edge.planning.promises.asking import AskPromise, AskWhatIf, Learn, promised_json
from edge.planning.promises.beside import Base
from edge.planning.promises.promising import promise

log = logging.getLogger(__name__)  # to stderr: answers go to stdout
Json = dict[str, Any]
Question = Learn | AskPromise | AskWhatIf


class Adviser:
    """Answers questions about the plan that it was told."""

    def __init__(self) -> None:
        self._key: str | None = None
        self._base: Base | None = None

    def answer(self, asked: Question) -> Json:
        """What is said to one question."""
        try:
            if isinstance(asked, AskWhatIf):
                return _what_if(asked)
            return self._learn(asked) if isinstance(asked, Learn) else self._promise(asked)
        except ScenarioInvalid as invalid:
            return {"faults": [fault.view() for fault in invalid.faults]}
        except CalendarEnds as ends:
            until = str(to_datetime(ends.span.end).date())
            said = say(
                "promise.endless",
                "there is no time for it by {until}, where calendar {calendar} ends or a plan"
                " reaches",
                "ask for fewer pieces, or open its work centers longer",
                until=until,
                calendar=ends.calendar,
            )
            fault = Fault(f"calendars.{ends.calendar}", "", said.detail, said.remedy, said)
            return {"faults": [{**fault.view(), "said": said.view()}]}
        except Exception as error:  # whoever asks next does not wait for what this one broke
            log.exception("a question could not be answered")
            mend = "ask something else, and send the edge's log to its maker"
            why = f"could not be worked out ({type(error).__name__}: {error})"
            return {"faults": [Fault("question", type(asked).__name__, why, mend).view()]}

    def _learn(self, asked: Learn) -> Json:
        self._key, self._base = None, Base(asked.scenario)
        self._key = asked.key
        return {"known": asked.key}

    def _promise(self, asked: AskPromise) -> Json:
        if self._base is None or asked.key != self._key:
            return {"unknown": asked.key}
        try:
            found = promise(self._base, asked.wish, asked.bookings, may_move=asked.may_move)
        except ValueError as error:
            mend = "mend the definition, or add the work center to plant.toml"
            return {"faults": [Fault("operations", asked.wish.product, str(error), mend).view()]}
        return {"promised": promised_json(asked, found, self._base)}


def _what_if(asked: AskWhatIf) -> Json:
    found = {"what_if": what_if(asked.scenario, asked.changes)}
    if asked.feasible:
        found["schedule"] = feasible(asked.scenario, asked.changes)
    return found


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each question until the input ends."""
    adviser = Adviser()
    for line in questions:
        asked: Question = pickle.loads(questions.read(int(line)))
        answers.write(msgspec.json.encode(adviser.answer(asked)) + b"\n")
        answers.flush()


def main() -> None:
    """Serve standard input and output; quietly over once nobody reads the answers."""
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:  # whoever asked was killed; the answer left over must not raise again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
