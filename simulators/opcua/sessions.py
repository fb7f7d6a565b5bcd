"""Sessions of the OPC UA server that refuse what the faults in force refuse."""

from collections.abc import Callable
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes

from simulators.faults.trouble import InForce

ANONYMOUS = User(role=UserRole.Anonymous)
LIMIT_NODES = {
    "nodes_per_read": ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    "items_per_call": (
        ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall
    ),
}
# What the server announces while it has no limit of ours.
NO_LIMIT = 10_000


def guard(server: InternalServer, troubles: InForce) -> None:
    """Let clients' sessions be of the kind below."""

    def made(name: str, user: User = ANONYMOUS, external: bool = False) -> GuardedSession:
        return GuardedSession(server, name, user, external, troubles)

    server.create_session = made  # type: ignore[method-assign]


class GuardedSession(InternalSession):
    """A session as asyncua has it, within the limits in force."""

    def __init__(
        self, server: InternalServer, name: str, user: User, external: bool, troubles: InForce
    ) -> None:
        self._troubles = troubles
        super().__init__(server, server.aspace, server.subscription_service, name, user, external)

    async def create_session(
        self, params: ua.CreateSessionParameters, sockname: tuple[str, int] | None = None
    ) -> ua.CreateSessionResult:
        most = self._limit("sessions")
        if most and len(self.iserver._external_sessions) > most:
            self.iserver.unregister_external_session(self)
            raise ServiceError(StatusCodes.BadTooManySessions)
        return await super().create_session(params, sockname)

    async def read(self, params: ua.ReadParameters) -> list[ua.DataValue]:
        self._keep_to("nodes_per_read", len(params.NodesToRead))
        return await super().read(params)

    async def create_monitored_items(
        self, params: ua.CreateMonitoredItemsParameters
    ) -> list[ua.MonitoredItemCreateResult]:
        self._keep_to("items_per_call", len(params.ItemsToCreate))
        return await super().create_monitored_items(params)

    async def transfer_subscriptions(  # type: ignore[override]
        self, params: ua.TransferSubscriptionsParameters, callback: Callable[..., Any]
    ) -> list[ua.TransferResult]:
        if "no_transfer" in self._troubles:
            raise ServiceError(StatusCodes.BadServiceUnsupported)
        return await super().transfer_subscriptions(params, callback)

    def _keep_to(self, name: str, asked: int) -> None:
        most = self._limit(name)
        if most and asked > most:
            raise ServiceError(StatusCodes.BadTooManyOperations)

    def _limit(self, name: str) -> int:
        """0 is none."""
        values = self._troubles.values("limits")
        return int(values[name]) if values else 0
