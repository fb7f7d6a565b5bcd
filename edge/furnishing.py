"""From a plant's configuration to the rooms of execution, and what a changed one means for them."""

from edge.config import PlantConfig
from edge.execution.floor import Floor
from edge.execution.quality.room import Quality
from edge.execution.rooms import Rooms
from edge.storage.readers.quality import QualityRows
from edge.storage.store import Store


def furnished(plant: PlantConfig, store: Store, floor: Floor) -> Rooms:
    """The rooms of an edge; their gates are put up on the floor."""
    rooms = Rooms(quality=Quality(floor, QualityRows(store.rows)))
    refurnish(rooms, plant)
    return rooms


def refurnish(rooms: Rooms, plant: PlantConfig) -> None:
    """Let the rooms go by this configuration from now on."""
