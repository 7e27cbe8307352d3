"""The SDK's time-skipping test environment on a server executable: a month passes, an activity sleeps, the test sleeps."""

import argparse
import asyncio
import json
import os
import time
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

environment: WorkflowEnvironment


@activity.defn
async def sleeps_long() -> str:
    await environment.sleep(timedelta(seconds=1000))
    return "activity"


@workflow.defn
class SleepsAMonth:
    @workflow.run
    async def run(self) -> str:
        await asyncio.sleep(30 * 86_400)
        return "done"


@workflow.defn
class RacesActivityAndTimer:
    @workflow.run
    async def run(self) -> str:
        slow = workflow.start_activity(sleeps_long, start_to_close_timeout=timedelta(seconds=2000))
        await workflow.wait([slow, asyncio.create_task(asyncio.sleep(500))], return_when=asyncio.FIRST_COMPLETED)
        return "activity" if slow.done() else "timer"


@workflow.defn
class WaitsADay:
    def __init__(self) -> None:
        self.is_over = False

    @workflow.run
    async def run(self) -> None:
        await asyncio.sleep(86_400)
        self.is_over = True
        await workflow.wait_condition(lambda: False)

    @workflow.query
    def has_passed(self) -> bool:
        return self.is_over


async def main() -> None:
    global environment
    parser = argparse.ArgumentParser()
    parser.add_argument("--executable", required=True)
    flags = parser.parse_args()
    started = time.monotonic()
    environment = await WorkflowEnvironment.start_time_skipping(test_server_existing_path=flags.executable)
    async with environment:
        client = environment.client
        classes = [SleepsAMonth, RacesActivityAndTimer, WaitsADay]
        runner = UnsandboxedWorkflowRunner()
        async with Worker(client, task_queue="skipped", workflows=classes, activities=[sleeps_long], workflow_runner=runner):
            before = await environment.get_current_time()
            assert await client.execute_workflow("SleepsAMonth", id="month", task_queue="skipped") == "done"
            assert await environment.get_current_time() - before >= timedelta(days=30)
            assert await client.execute_workflow("RacesActivityAndTimer", id="race", task_queue="skipped") == "timer"
            day = await client.start_workflow("WaitsADay", id="day", task_queue="skipped")
            assert await day.query("has_passed") is False
            await environment.sleep(timedelta(hours=25))
            assert await day.query("has_passed") is True
            await day.terminate()
    assert time.monotonic() - started < 30
    print(json.dumps({"address": client.service_client.config.target_host}), flush=True)


asyncio.run(main())
# The SDK's native threads may still run when the interpreter takes itself down, which then aborts: leave without that.
os._exit(0)
