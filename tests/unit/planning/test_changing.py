"""What plant.toml says of changeovers is what a scenario adds up to, for each pair of jobs."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.changeover import ChangeoverRule, Changeovers
from edge.domain.clock import MICROS
from edge.domain.orders import Alternative, JobOrder, Operation, OperationsDefinition, Tool
from edge.domain.vocabulary import JobState
from edge.planning.months.changing import NOT_KNOWN, ChangeBook
from edge.planning.months.steps import steps_of
from edge.planning.scenario import model

CENTERS = ("L1", "L2")
PRODUCTS = ("P1", "P2", "P3", "P4")
NAMES = ("any", "any", "f", "g", *PRODUCTS, "T1", "T2")
STRANGE = ("OLD", "T9")  # what stands there, and no definition makes it any more


def made(product: str, family: str, *ways: Alternative) -> OperationsDefinition:
    return OperationsDefinition(
        product=product,
        revision="A",
        description="",
        unit="pcs",
        family=family,
        operations=(
            Operation(seq=10, description="", recipe=0, transfer_batch=None, alternatives=ways),
        ),
    )


def way(center: str, tool: str = "", setup_s: int = 300) -> Alternative:
    held = Tool(id=tool, pieces_per_stroke=Fraction(1)) if tool else None
    return Alternative(work_center=center, cycle=Fraction(2), setup_s=setup_s, tool=held)


def planned(book: ChangeBook, one: OperationsDefinition) -> model.Order:
    order = model.Order(
        id=one.product,
        product=one.product,
        family=one.family,
        quantity=1,
        due=0,
        operations=steps_of(one),
    )
    return book.order(order, one.revision)


def center(id_: str) -> model.WorkCenter:
    return model.WorkCenter(id=id_, calendar="day")


def job_order(one: OperationsDefinition, done: Alternative) -> JobOrder:
    """The job that was begun last on a work center."""
    return JobOrder(
        id="X.10",
        order="X",
        operation=10,
        number=1,
        product=one.product,
        revision=one.revision,
        work_center=done.work_center,
        quantity=1,
        run_time_per_item=done.cycle,
        setup_s=done.setup_s,
        recipe=0,
        description="",
        due=0,
        priority=1,
        customer="",
        state=JobState.RUNNING,
        version=1,
        phase="run",
        good=0,
        scrap=0,
        rework=0,
        started_at=1,
        ended_at=None,
        tool=done.tool,
    )


definitions = st.builds(
    lambda rows: [
        made(
            product,
            family,
            *map(way, CENTERS, tools, setups),
        )
        for product, (family, tools, setups) in zip(PRODUCTS, rows, strict=True)
    ],
    st.lists(
        st.tuples(
            st.sampled_from(["f", "g"]),
            st.tuples(*[st.sampled_from(["", "T1", "T2"])] * 2),
            st.tuples(*[st.sampled_from([0, 120, 300])] * 2),
        ),
        min_size=len(PRODUCTS),
        max_size=len(PRODUCTS),
    ),
)
rules = st.lists(
    st.builds(
        ChangeoverRule,
        from_=st.sampled_from((*NAMES, *STRANGE)),
        to=st.sampled_from(NAMES),
        minutes=st.integers(0, 60),
        work_centers=st.sampled_from([frozenset(), frozenset({"L1"})]),
    ),
    min_size=1,
    max_size=6,
).map(lambda found: Changeovers(rules=tuple(found)))


@settings(max_examples=200)
@given(rules, definitions, st.sampled_from(STRANGE))
def test_each_change_adds_up_to_what_the_rule_says_and_else_to_the_routing(
    said: Changeovers, known: list[OperationsDefinition], strange: str
) -> None:
    book = ChangeBook(said, {(one.product, "A"): one for one in known})
    gone = made("GONE", "h", *(way(one, strange) for one in CENTERS))
    for place, id_ in enumerate(CENTERS):
        for before in (*known, gone, None):
            last = None
            if before is not None:
                last = job_order(before, before.operations[0].alternatives[place])
            here = book.center(center(id_), last)
            names = _names(before, place) if before else set()
            if before is gone:
                names = {"GONE", strange}
            for one in known:
                order = planned(book, one)
                [step] = order.operations
                setup = step.alternatives[place].setup_us
                assert setup >= 0
                row = here.setup_matrix_us.get(here.initial_family or "", {})
                rule = said.rule(id_, names, _names(one, place))
                own = one.operations[0].alternatives[place].setup_s
                takes = own if rule is None else rule.minutes * 60
                assert setup + row.get(order.family_of(step), 0) == takes * MICROS
                assert all(micros > 0 for micros in row.values())


def _names(one: OperationsDefinition, place: int) -> set[str]:
    tool = one.operations[0].alternatives[place].tool
    return {one.product, one.family} | ({tool.id} if tool else set())


def test_what_no_rule_tells_apart_is_the_family() -> None:
    said = Changeovers(
        rules=(
            ChangeoverRule(from_="any", to="any", minutes=20),
            ChangeoverRule(from_="f", to="f", minutes=4),
        )
    )
    known = [made("P1", "f", way("L1")), made("P2", "f", way("L1", setup_s=60))]
    known += [made("P3", "g", way("L1"))]
    book = ChangeBook(said, {(one.product, "A"): one for one in known})
    orders = [planned(book, one) for one in known]
    assert [one.operations[0].family for one in orders] == [None, None, None]
    assert [one.operations[0].alternatives[0].setup_us for one in orders] == [
        4 * 60 * MICROS,
        4 * 60 * MICROS,
        20 * 60 * MICROS,
    ]
    here = book.center(center("L1"), None)
    assert here.initial_family == NOT_KNOWN
    beyond = {"f": 16 * 60 * MICROS}
    assert here.setup_matrix_us == {NOT_KNOWN: beyond, "g": beyond}


def test_tools_tell_operations_of_a_family_apart() -> None:
    said = Changeovers(
        rules=(
            ChangeoverRule(from_="any", to="any", minutes=10),
            ChangeoverRule(from_="T1", to="T1", minutes=1),
            ChangeoverRule(from_="T1", to="T2", minutes=30, work_centers=frozenset({"L2"})),
        )
    )
    known = [
        made("P1", "f", way("L1", "T1"), way("L2", "T1")),
        made("P2", "f", way("L1", "T2"), way("L2", "T2")),
        made("P3", "f", way("L1", "T1"), way("L2", "T2")),
    ]
    book = ChangeBook(said, {(one.product, "A"): one for one in known})
    names = [planned(book, one).operations[0].family for one in known]
    assert names == ["f [T1]", "f [L2: T2]", "f [L1: T1; L2: T2]"]
    assert book.center(center("L2"), None).setup_matrix_us["f [T1]"] == {
        "f [L2: T2]": 20 * 60 * MICROS,
        "f [L1: T1; L2: T2]": 20 * 60 * MICROS,
    }


def test_without_rules_nothing_is_other_than_it_was() -> None:
    one = made("P1", "f", way("L1"))
    book = ChangeBook(Changeovers(), {("P1", "A"): one})
    here = replace(center("L1"), initial_family="g")
    assert book.center(here, None) is here
    assert planned(book, one).operations == steps_of(one)
