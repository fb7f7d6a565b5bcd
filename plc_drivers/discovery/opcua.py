"""Discovers an OPC UA server: walk, watch, propose. Read only."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from plc_drivers.configuration import DeviceConfig
from plc_drivers.discovery.browse import Bounds, Walk, start_time, walk
from plc_drivers.discovery.found import Found, Plan, Progress
from plc_drivers.discovery.places import node_places, node_tags
from plc_drivers.discovery.roles import propose
from plc_drivers.discovery.watching import watch
from plc_drivers.errors import Unreachable
from plc_drivers.opcua.connection import Connection
from plc_drivers.opcua.driver import OpcuaDriver

WALK_LIMIT_S = 300.0


async def discover(
    device: DeviceConfig, plan: Plan, bounds: Bounds, now: Callable[[], int], progress: Progress
) -> Found:
    """What the server offers and what it seems to mean. Raises DriverError.

    `device` is the connection; its tags do not matter.
    """
    found = await _walk(replace(device, tags=()), bounds, now, progress)
    config = replace(device, tags=node_tags(found.variables))
    driver = OpcuaDriver(config, now)
    record = await watch(driver, plan, now, progress)
    notes = [f"{found.seen} nodes were seen, {len(found.variables)} of them watched"]
    if found.cut:
        notes.append(f"the walk ended at its bounds: {bounds.nodes} nodes, {bounds.depth} deep")
    if found.skipped:
        some = ", ".join(found.skipped[:5])
        notes.append(f"{len(found.skipped)} hold arrays or structures and were left out: {some}")
    places = node_places(record, found.variables)
    return Found(proposals=propose(places), looks=len(record.times), notes=tuple(notes))


async def _walk(
    device: DeviceConfig, bounds: Bounds, now: Callable[[], int], progress: Progress
) -> Walk:
    connection = Connection(device, now)
    await connection.open()
    try:
        async with asyncio.timeout(WALK_LIMIT_S):
            found = await walk(
                connection, bounds, lambda seen: progress("walking", seen / bounds.nodes)
            )
            if not found.variables:
                return found
            return replace(found, variables=(*found.variables, *await start_time(connection)))
    except TimeoutError as error:
        words = f"the walk took longer than {WALK_LIMIT_S:g} s"
        raise Unreachable(device.url, f"{words}; mend: a smaller --most-nodes") from error
    finally:
        await connection.end(goodbye=True)
