"""A plain TCP link that can be hurt: STOP stalls it, KILL cuts it.

`python -m tests.drill.proxy LISTEN TARGET`, both ports of the loopback.
"""

import asyncio
import sys
from contextlib import suppress

AT_ONCE = 65_536


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, until one side is gone."""
    with suppress(OSError):
        while data := await reader.read(AT_ONCE):
            writer.write(data)
            await writer.drain()
    writer.close()


async def serve(listen: int, target: int) -> None:
    """Join each caller with the target; a target that is away is a line that breaks."""

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

    server = await asyncio.start_server(join, "127.0.0.1", listen, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
