"""What a scenario works with: client, queue, unique ids, and ways to wait for events instead of for time."""

import asyncio
from typing import Any, Awaitable, Callable

from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.client import Client, WorkflowHandle


class Place:
    def __init__(self, client: Client, queue: str, nonce: str, name: str) -> None:
        self.client, self.queue, self.nonce, self.name = client, queue, nonce, name
        self.executions: list[dict[str, str]] = []
        self.observed: dict[str, Any] = {}

    def id(self, suffix: str = "") -> str:
        """A workflow id of this scenario, recorded for the dump."""
        workflow_id = "-".join(part for part in (self.name, suffix, self.nonce) if part)
        if {"workflowId": workflow_id} not in self.executions:
            self.executions.append({"workflowId": workflow_id})
        return workflow_id

    async def start(self, workflow: str, *args: Any, suffix: str = "", **options: Any) -> WorkflowHandle:
        options = {"id": self.id(suffix), "task_queue": self.queue, **options}
        return await self.client.start_workflow(workflow, args=args, **options)

    async def execute(self, workflow: str, *args: Any, **options: Any) -> Any:
        return await (await self.start(workflow, *args, **options)).result()

    async def fails(self, label: str, promise: Awaitable[Any]) -> None:
        """Awaits an error and records its class and that of its cause."""
        try:
            await promise
        except Exception as error:
            self.observed[label] = [type(error).__name__, type(error.__cause__).__name__]
            return
        raise AssertionError(f"{label}: expected an error")

    async def settled(self, handle: WorkflowHandle, kind: int, count: int = 1) -> None:
        """Resolves when `count` events of the type are in the history and no workflow task is pending."""

        async def is_settled() -> bool:
            seen = [event async for event in handle.fetch_history_events() if event.event_type == kind]
            description = await handle.describe()
            return len(seen) >= count and not description.raw_description.HasField("pending_workflow_task")

        await self.until(is_settled)

    async def idle(self, handle: WorkflowHandle) -> None:
        await self.settled(handle, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)

    async def started(self, handle: WorkflowHandle) -> None:
        """Resolves when a pending activity is with a worker."""

        async def is_started() -> bool:
            pending = (await handle.describe()).raw_description.pending_activities
            return any(one.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED for one in pending)

        await self.until(is_started)

    async def until(self, is_done: Callable[[], Awaitable[bool]]) -> None:
        while not await is_done():
            await asyncio.sleep(0.1)
