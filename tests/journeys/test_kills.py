"""`make campaign` in its shortest form: kills at random moments, and not a piece is lost."""

from pathlib import Path

import pytest

from tests.campaign.run import Campaign

KILLS = 20
pytestmark = [
    pytest.mark.xdist_group("edge_process"),
    pytest.mark.timeout(400),
    pytest.mark.longer,
]


async def test_twenty_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    out = tmp_path / "campaign.jsonl"
    campaign = Campaign(tmp_path / "run", out, seed=20)
    await campaign.run(KILLS // 2, every=5)
    assert campaign.done == KILLS // 2
    await campaign.run(KILLS, every=5)
    assert all(one.good for one in campaign.balances), out.read_text()
    assert len(campaign.balances) == 4
