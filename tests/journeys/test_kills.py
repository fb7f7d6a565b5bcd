"""`make campaign` in its shortest form: kills at random moments, and not a piece is lost."""

from pathlib import Path

import pytest

from tests.campaign.run import Campaign

KILLS = 20
pytestmark = [
    pytest.mark.xdist_group("edge_process"),
    pytest.mark.timeout(900),
    pytest.mark.longer,
]


async def test_twenty_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    out = tmp_path / "campaign.jsonl"
    for kills in (KILLS // 2, KILLS):  # the second goes on where the first has ended
        campaign = Campaign(tmp_path / "run", out, seed=20)
        await campaign.run(kills, every=10)
        assert campaign.done == kills
        assert [one.good for one in campaign.balances] == [True], out.read_text()
