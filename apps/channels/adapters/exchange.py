"""HTTP by requests, with an end in time, and knowing whether the question began to leave."""

from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from apps.channels.adapters.deadline import Deadline


class WatchedAdapter(HTTPAdapter):
    """What a session sends by. ``asked`` says whether anything of a question has left."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline, self.asked = deadline, False
        self.pools = {
            "http": watched(HTTPConnectionPool, self),
            "https": watched(HTTPSConnectionPool, self),
        }
        super().__init__()

    def init_poolmanager(self, *args: Any, **values: Any) -> None:
        """Have every connection watched."""
        super().init_poolmanager(*args, **values)
        self.poolmanager.pool_classes_by_scheme = self.pools

    def proxy_manager_for(self, *args: Any, **values: Any) -> Any:
        """Have those to a proxy watched as well."""
        manager: Any = super().proxy_manager_for(*args, **values)
        manager.pool_classes_by_scheme = self.pools
        return manager


def watched(pool: Any, adapter: WatchedAdapter) -> Any:
    """Such a pool, whose connections end with the adapter's deadline."""
    plain: Any = pool.ConnectionCls

    class Watched(plain):  # type: ignore[misc]
        def _new_conn(self) -> Any:
            # Watched before any handshake, which may drip as well.
            line = super()._new_conn()
            adapter.deadline.watch(line)
            return line

        def request(self, *args: Any, **values: Any) -> None:
            if self.sock is None:
                self.connect()
            adapter.asked = True
            super().request(*args, **values)

    return type(f"Watched{pool.__name__}", (pool,), {"ConnectionCls": Watched})
