"""A mail server that misbehaves as told and keeps a log of what it took, for `benchmarks/messages.py`.

    .venv/bin/python benchmarks/mailserver.py --log FILE [--seed 1] [--faults later=5,refuse=1,cut=2,take=1]
        [--delay-ms 0]

Prints its port, then serves until it is stopped. `later` and `refuse` are the percentages of messages answered with
451 and 550, `cut` and `take` those after whose final dot the line is cut without and with keeping the message: to the
sender these two look the same. A line of the log is `took ID` or `cut ID`, written before the answer leaves, so the
log is the truth about what was accepted, whoever dies. On 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re

NUMBER = re.compile(rb"(?im)^Message-ID:[ \t]*(?:\r\n[ \t])?(\S+)")


class Sink:
    def __init__(self, log: str, seed: int, faults: dict[str, float], delay: float) -> None:
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.dice, self.faults, self.delay = random.Random(seed), faults, delay

    def happens(self, fault: str) -> bool:
        return self.dice.random() * 100 < self.faults.get(fault, 0)

    def note(self, what: str, content: bytes) -> None:
        found = NUMBER.search(content)
        os.write(self.log, f"{what} {found[1].decode() if found else '?'}\n".encode())

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 sink\r\n")
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    writer.write(b"250-sink\r\n250 8BITMIME\r\n")
                elif verb == b"RCPT" and self.happens("later"):
                    writer.write(b"451 4.7.1 Later\r\n")
                elif verb == b"RCPT" and self.happens("refuse"):
                    writer.write(b"550 5.7.1 Not from you\r\n")
                elif verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    if not await self.take(reader, writer):
                        break
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    writer.write(b"250 OK\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # a client that was killed is no news
        finally:
            writer.close()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        content = await reader.readuntil(b"\r\n.\r\n")
        if self.delay:
            await asyncio.sleep(self.dice.uniform(0, 2 * self.delay))
        if self.happens("cut"):
            self.note("cut", content)
            return False
        takes_and_cuts = self.happens("take")
        self.note("took", content)
        if takes_and_cuts:
            self.note("cut", content)
            return False
        writer.write(b"250 kept\r\n")
        return True


async def serve(options: argparse.Namespace) -> None:
    pairs = (part.split("=") for part in options.faults.split(",") if part)
    sink = Sink(options.log, options.seed, {name: float(share) for name, share in pairs}, options.delay_ms / 1000)
    server = await asyncio.start_server(sink.talk, "127.0.0.1", options.port, limit=1_000_000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--log", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default="")
    parser.add_argument("--delay-ms", type=float, default=0)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
