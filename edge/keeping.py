"""How the store of a plant is kept, as its configuration says."""

from edge.config import PlantConfig
from edge.storage.snapshots import Keeping

MB = 1 << 20


def keeping(plant: PlantConfig) -> Keeping:
    """Snapshots and ballast of an edge."""
    edge = plant.edge
    return Keeping(
        folder=edge.snapshots,
        hourly=edge.snapshots_hourly,
        daily=edge.snapshots_daily,
        ballast=edge.ballast_mb * MB,
    )
