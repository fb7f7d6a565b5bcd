"""Materials and lots: what job orders are made by, and which lots went into which pieces."""

from fractions import Fraction

from edge.domain.changes import Change, Put
from edge.domain.facts import Fact


def pinned(fact: Fact) -> tuple[Change, ...]:
    """The revisions and materials that a job order is made by from now on."""
    body = fact.body
    if "bom_revision" not in body:
        return ()
    definition = f"{body['product']}/{body['revision']}"
    job = {"job_order_id": fact.job_order_id}
    values = {"definition": definition}
    values |= {name: body[name] for name in ("bom_revision", "routing_revision")}
    return (
        Put("job_pin", job, values),
        *(
            Put("job_material", {**job, "definition": definition, "material": one["material"]}, row)
            for one in body.get("materials") or ()
            for row in (_row(one),)
        ),
    )


def _row(material: dict[str, str]) -> dict[str, int | str | None]:
    quantity = Fraction(material["quantity"])
    return {
        "revision": material["revision"],
        "numerator": quantity.numerator,
        "denominator": quantity.denominator,
        "unit": material["unit"],
        "tracked": material["tracked"],
    }
