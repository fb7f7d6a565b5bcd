"""Which edge a call is about."""

from erp_sync.errors import invalid
from erp_sync.service import Service


def edge_of(service: Service, named: str) -> str:
    """The edge that is named, or the only one; raises Problem (422)."""
    edges = sorted(service.config.edges)
    if named in edges:
        return named
    if not named and len(edges) == 1:
        return edges[0]
    why = f"edge {named!r} is not in company.toml" if named else "there are several edges"
    raise invalid(why, f"say ?edge=, one of: {', '.join(edges)}")
