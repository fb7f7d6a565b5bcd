"""What to make now, the open job, the stop and what comes next."""

from fractions import Fraction

from textual.content import Content

from edge.domain.clock import MICROS
from terminal_ui.commands import stop_for
from terminal_ui.decode import decode
from terminal_ui.formatting import NOTHING, SiteTime, bar, duration, site_time
from terminal_ui.model import (
    Board,
    Call,
    Changeover,
    Instruction,
    Job,
    OpenStop,
    Outlook,
    Reasons,
    Stop,
    Told,
)
from terminal_ui.sentences import detail_of, mend_of, whole
from terminal_ui.texts import Texts
from terminal_ui.widgets.panel import TITLE_WIDTH, Panel, titled

BAR_WIDTH = 20
# Narrower panels put the state of a waiting job on a line of its own.
ONE_LINE = 60


class InstructionPanel(Panel):
    """The instruction of this hour, and whether the floor has acknowledged it."""

    TITLE = "instruction.title"

    def draw(self, board: Board, width: int) -> Content:
        texts, instruction = self.texts, board.instruction
        title = texts.t(self.TITLE)
        if instruction is None:
            return titled(title, texts.t("instruction.none"))
        text = texts.t(
            "instruction.text",
            label=instruction.label[:5],
            quantity=instruction.target,
            product=instruction.product,
            order=instruction.order,
            operation=instruction.operation,
        )
        key, style = ("acknowledged", "$text-success")
        if not instruction.acknowledged:
            key, style = ("open", "$text-warning bold")
        unchecked = texts.t("instruction.unchecked") if instruction.unchecked else ""
        return titled(
            title,
            (text, "bold"),
            "  ",
            (texts.t(f"instruction.{key}"), style),
            (f"  {unchecked}" if unchecked else "", "$text-warning"),
            with_what(instruction, texts),
            news_line(board, texts),
        )


def news_line(board: Board, texts: Texts) -> tuple[str, str]:
    """That the plan has changed something here which nobody has acknowledged, and its style."""
    news = board.plan_news
    if news is None:
        return "", ""
    key = "news_overdue" if news.overdue else "news"
    text = texts.t(f"instruction.{key}", plan=news.plan, hours=len(news.changes))
    if news.why is not None:
        text = texts.t("sentence.why", title=text, detail=_latest_of(news.why, texts))
    return f"\n{text}", "$text-error bold" if news.overdue else "$text-warning"


def _latest_of(why: Told, texts: Texts) -> str:
    """A reason; of several, which a board has no room for, the latest one."""
    several = (why.params or {}).get("why")
    if isinstance(several, list) and several:
        return detail_of(decode(Told, several[0], "why"), texts)
    return detail_of(why, texts)


def with_what(instruction: Instruction, texts: Texts) -> str:
    """Rate, set-up, tool, documents and how much material an instruction asks for, a line below."""
    said = []
    if instruction.rate is not None:
        said.append(texts.t("instruction.rate", rate=rounded(instruction.rate)))
    if instruction.setup_s:
        said.append(set_up_text(instruction, texts))
    if instruction.tool:
        said.append(texts.t("instruction.tool", tool=instruction.tool))
    papers = ", ".join(f"{one.id}/{one.revision}" for one in instruction.documents)
    if papers:
        said.append(texts.t("instruction.documents", documents=papers))
    if instruction.materials:
        said.append(texts.t("instruction.materials", count=len(instruction.materials)))
    return f"\n{' ' * TITLE_WIDTH}{'  '.join(said)}" if said else ""


def set_up_text(instruction: Instruction, texts: Texts) -> str:
    """How long an hour is set up, and from what to what where that is known."""
    spent = duration(instruction.setup_s * MICROS, texts)
    change = instruction.setup
    if change is None:
        return texts.t("instruction.setup", spent=spent)
    before = change.from_tool or change.from_family or NOTHING
    after = change.to_tool or change.to_family or NOTHING
    return texts.t("instruction.change", spent=spent, before=before, after=after)


def rounded(rate: str) -> str:
    """A rate with one decimal place where it has any: "102.9" of "720/7"."""
    return f"{float(Fraction(rate)):.1f}".removesuffix(".0")


class JobPanel(Panel):
    """The open job: what it is, and good, scrap and left."""

    TITLE = "job.title"

    def draw(self, board: Board, width: int) -> Content:
        title, job = self.texts.t(self.TITLE), board.job
        if job is None:
            return titled(title, self.texts.t("job.none"), "\n")
        pieces = self.texts.t(
            "job.pieces",
            good=job.good,
            quantity=job.quantity,
            scrap=job.scrap,
            left=job.left,
        )
        progress = bar(job.good, job.quantity, BAR_WIDTH)
        return titled(
            title,
            (job_name(job, self.texts), "bold"),
            f"  {state_text(job, self.texts)}\n{' ' * TITLE_WIDTH}{pieces}   ",
            (progress, "$text-success"),
            (self._also(board), "$text-warning"),
            (
                "".join(
                    f"\n{' ' * TITLE_WIDTH}{line}" for line in expected_lines(board, self.texts)
                ),
                self._expected_style(board),
            ),
            *(
                (f"\n{' ' * TITLE_WIDTH}{detail_of(one, self.texts)}", "$text-warning")
                for one in job.blocks[:1]
            ),
            (self._not_shown(board), "$text-error bold"),
        )

    def _expected_style(self, board: Board) -> str:
        return "$text-warning" if board.outlook and board.outlook.late_s else "$text-muted"

    def _not_shown(self, board: Board) -> str:
        """That the machine makes its pieces for another order or for none, and what to do."""
        said = board.not_shown
        lines = (detail_of(said, self.texts), mend_of(said, self.texts)) if said else ()
        return "".join(f"\n{' ' * TITLE_WIDTH}{line}" for line in lines)

    def _also(self, board: Board) -> str:
        """What else there is to know: waiting, too many, a question, jobs in parallel."""
        texts, job, said = self.texts, board.job, list[str]()
        if job and job.waits_for_input:
            said.append(texts.t("jobs.waits"))
        if job and job.over:
            said.append(texts.t("jobs.over", pieces=job.over))
        said += [texts.t(f"jobs.about_{one.about}") for one in board.questions]
        lines = ["; ".join(said)] if said else []
        lines += [
            f"{job_name(one, texts)}  {one.good} / {one.quantity}"
            for one in board.jobs
            if job and one.id != job.id
        ]
        return "".join(f"\n{' ' * TITLE_WIDTH}{line}" for line in lines)


class NextPanel(Panel):
    """The jobs that wait, one a line."""

    TITLE = "next.title"

    def draw(self, board: Board, width: int) -> Content:
        title = self.texts.t(self.TITLE)
        if not board.next:
            return titled(title, self.texts.t("next.none"))
        lines = [
            titled(title if index == 0 else "", _waiting(job, self.texts, width))
            for index, job in enumerate(board.next)
        ]
        return Content("\n").join(lines)


class StopPanel(Panel):
    """The stop that wants a reason, or the open one with its reason."""

    TITLE = "stop.title"

    reasons = Reasons()

    def watch_board(self, board: Board | None) -> None:
        self.display = board is not None and stop_for(board) is not None

    def draw(self, board: Board, width: int) -> Content:
        stop = stop_for(board)
        if stop is None:
            return Content("")
        text = stop_text(stop, board, self.texts, self.reasons)
        style = "$text-error bold" if isinstance(stop, OpenStop) else "$text-warning"
        return titled(self.texts.t(self.TITLE), (text, style))


class HeldPanel(Panel):
    """How many readings wait for a person; not there while none does."""

    TITLE = "held.title"

    def watch_board(self, board: Board | None) -> None:
        self.display = board is not None and board.quarantines > 0

    def draw(self, board: Board, width: int) -> Content:
        text = self.texts.t("held.waits", count=board.quarantines)
        return titled(self.texts.t(self.TITLE), (text, "$text-warning bold"))


class ChangeoverPanel(Panel):
    """The set-up of the job that is on, against its standard; away once it runs."""

    TITLE = "changeover.title"

    def watch_board(self, board: Board | None) -> None:
        self.display = board is not None and setting_up(board) is not None

    def draw(self, board: Board, width: int) -> Content:
        one = setting_up(board)
        if one is None:
            return Content("")
        values = {
            "spent": duration(one.spent, self.texts),
            "standard": duration(one.standard, self.texts),
            "beyond": duration(one.beyond, self.texts),
        }
        key, style = ("beyond", "$text-error bold") if one.beyond else ("within", "")
        return titled(
            self.texts.t(self.TITLE), (self.texts.t(f"changeover.{key}", **values), style)
        )


def setting_up(board: Board) -> Changeover | None:
    """The changeover of the job that is set up now, where it has a standard."""
    job = board.job
    if job is None or job.phase != "setup":
        return None
    return next((one for one in reversed(board.changeovers) if one.job_order_id == job.id), None)


class CallPanel(Panel):
    """Calls for help that are open; not there while none is."""

    TITLE = "call.title"

    def watch_board(self, board: Board | None) -> None:
        self.display = board is not None and bool(board.andon)

    def draw(self, board: Board, width: int) -> Content:
        lines = [
            titled(
                self.texts.t(self.TITLE) if place == 0 else "",
                (call_text(one, board, self.texts), "$text-warning bold"),
            )
            for place, one in enumerate(board.andon)
        ]
        return Content("\n").join(lines)


class AsksPanel(Panel):
    """The red hours that nobody has said a cause of; not there while none is."""

    TITLE = "asks.title"

    def watch_board(self, board: Board | None) -> None:
        self.display = board is not None and any(hour.asks_cause for hour in board.hours)

    def draw(self, board: Board, width: int) -> Content:
        labels = ", ".join(hour.label[:5] for hour in board.hours if hour.asks_cause)
        text = self.texts.t("asks.hours", hours=labels)
        return titled(self.texts.t(self.TITLE), (text, "$text-warning bold"))


def call_text(call: Call, board: Board, texts: Texts) -> str:
    """What help was called for, since when, and whether somebody comes."""
    since = site_time(board.label).clock(call.called_at)
    topic = texts.find(f"call_topic.{call.topic}", call.topic)
    key = "call.comes" if call.acknowledged_at is not None else "call.waits"
    text = texts.t(key, topic=topic, since=since, by=call.acknowledged_by)
    return f"{text}: {call.note}" if call.note else text


def stop_text(stop: OpenStop | Stop, board: Board, texts: Texts, reasons: Reasons) -> str:
    """Since when, which fault and which reason."""
    time = site_time(board.label)
    values = {
        "since": time.clock(stop.from_),
        "fault": texts.t("stop.fault", fault=stop.fault)
        if stop.fault
        else texts.t("stop.no_fault"),
        "reason": reason_text(stop.reason, texts, reasons) or texts.t("stop.no_reason"),
    }
    if isinstance(stop, OpenStop):
        lasted = duration(board.plant_now - stop.from_, texts)
        return texts.t("stop.open", duration=lasted, **values)
    return texts.t("stop.past", until=time.clock(stop.to), **values)


def reason_text(code: str | None, texts: Texts, reasons: Reasons) -> str:
    """A stop's reason in the operator's language; a text that is no code stays as it is.

    A plant may have the same code for scrap, with another meaning.
    """
    known = {reason.code: reason for reason in reasons.stop}
    if code in known:
        return known[code].text(texts.language)
    return code or ""


def job_name(job: Job, texts: Texts) -> str:
    """Order, operation, product and its description."""
    product = f"{job.product} {job.description or ''}".rstrip()
    return texts.t("job.name", order=job.order, operation=job.operation, product=product)


def state_text(job: Job, texts: Texts) -> str:
    """The job's state, with its phase where it has one."""
    state = texts.find(f"job_state.{job.state}", job.state)
    phase = texts.find(f"phase.{job.phase}", job.phase) if job.phase else ""
    return texts.t("job.phase", state=state, phase=phase) if phase else state


def _waiting(job: Job, texts: Texts, width: int) -> str:
    text = texts.t(
        "next.job", order=job.order, operation=job.operation, left=job.left, product=job.product
    )
    between = "  " if width >= ONE_LINE else f"\n{' ' * TITLE_WIDTH}"
    forbidding = [one for one in job.blocks if not one.only_warns]
    if forbidding:
        why = texts.t("next.blocked", detail=detail_of(forbidding[0], texts))
        return f"{text}\n{' ' * TITLE_WIDTH}{why}"
    return f"{text}{between}{state_text(job, texts)}"


def expected_lines(board: Board, texts: Texts) -> list[str]:
    """When the order will be finished, the rate that it takes, why it is late, and of which
    pieces there is no finish."""
    seen, local = board.outlook, site_time(board.label)
    if seen is None:
        return []

    def at(moment: int) -> str:
        return f"{local.day(moment, texts)} {local.clock(moment)}"

    unmade = [texts.t("sentence.next").join(whole(seen.unmade, texts))] if seen.unmade else []
    if seen.forecast_finish is None:
        return [texts.t("outlook.no_finish", due=at(seen.due)), *unmade]
    said = [texts.t("outlook.finish", due=at(seen.due), at=at(seen.forecast_finish))]
    if seen.range:
        first, last = at(seen.range.from_), at(seen.range.to)
        said.append(texts.t("outlook.range", first=first, last=last))
    if seen.late_s:
        said.append(texts.t("outlook.late", late=duration(seen.late_s * MICROS, texts)))
    rate = seen.recovery
    if rate and rate.possible:
        said.append(texts.t("outlook.rate", rate=rate.per_hour_up or 0))
    elif rate:
        known = "outlook.too_late" if rate.percent is None else "outlook.not_possible"
        said.append(texts.t(known, percent=rate.percent or 0))
    why = [detail_of(one, texts) for one in seen.late_because[:1]]
    return [texts.t("sentence.next").join(said), *unmade, *why, *_moved(seen, local, texts)]


def _moved(seen: Outlook, local: SiteTime, texts: Texts) -> list[str]:
    """Since when the order is expected at another time, and why: what is not said already."""
    moved = seen.moved
    if moved is None:
        return []
    new = [one for one in moved.because if one not in seen.late_because[:1]]
    why = texts.t("sentence.next").join(detail_of(one, texts) for one in new[:2])
    days = {local.day(one, texts) for one in (moved.at, moved.was_finish)}
    day = f"{local.day(moved.was_finish, texts)} " if len(days) > 1 else ""
    was = f"{day}{local.clock(moved.was_finish)}"
    return [texts.t("outlook.moved", at=local.clock(moved.at), was=was, why=why)] if new else []
