"""What stands above devices and work centers in the plant.toml of a journey."""

HEAD = """format = "taktline.plant/1"
[site]
id = "s1"
timezone = "Europe/Berlin"
[edge]
id = "{edge_id}"
store = "edge.sqlite"
[api]
listen = "127.0.0.1:{port}"
[[calendar]]
id = "always"
{calendar}
"""


def head(port: int, edge_id: str = "e1", calendar: str = "always = true") -> str:
    """Site, edge, its port and the calendar `always`, of which `calendar` is the rest."""
    return HEAD.format(edge_id=edge_id, port=port, calendar=calendar)
