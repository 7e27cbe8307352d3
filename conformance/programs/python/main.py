"""Runs every scenario against one address and prints one line of JSON for each: what it made, and whether its own checks held."""

import argparse
import asyncio
import json
import logging
import os
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from temporalio.client import Client
from temporalio.service import TLSConfig
from temporalio.worker import Worker

import activities
import workflows
from place import Place
from scenarios import SCENARIOS


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", default="127.0.0.1:7233")
    parser.add_argument("--nonce", default="local")
    parser.add_argument("--only")
    parser.add_argument("--tls-ca")
    parser.add_argument("--tls-cert")
    parser.add_argument("--tls-key")
    return parser.parse_args()


def tls_config(flags: argparse.Namespace) -> TLSConfig | bool:
    if not flags.tls_ca:
        return False
    read = lambda path: Path(path).read_bytes() if path else None
    return TLSConfig(server_root_ca_cert=read(flags.tls_ca), client_cert=read(flags.tls_cert), client_private_key=read(flags.tls_key))


async def main() -> None:
    logging.getLogger("temporalio").setLevel(logging.CRITICAL)  # failures are what many scenarios are about
    flags = arguments()
    client = await Client.connect(flags.address, tls=tls_config(flags))
    queue = f"py-{flags.nonce}"
    chosen = [one for one in SCENARIOS.items() if not flags.only or one[0] in flags.only.split(",")]
    with ThreadPoolExecutor(32) as threads:
        worker = Worker(client, task_queue=queue, workflows=workflows.ALL, activities=activities.ALL, activity_executor=threads)
        async with worker:
            # Four at a time: most of them wait.
            await asyncio.gather(*(run_in_turn(client, queue, flags.nonce, chosen) for _ in range(4)))


async def run_in_turn(client: Client, queue: str, nonce: str, remaining: list) -> None:
    while remaining:
        name, run = remaining.pop(0)
        place = Place(client, queue, nonce, name)
        error = None
        try:
            await asyncio.wait_for(run(place), 90)
        except BaseException:  # a failed check must not end the others
            error = traceback.format_exc()
        report = {"scenario": name, "ok": error is None, "executions": place.executions, "observed": place.observed}
        print(json.dumps({**report, **({"error": error} if error else {})}), flush=True)


asyncio.run(main())
# The SDK's native threads may still run when the interpreter takes itself down, which then aborts: leave without that.
os._exit(0)
