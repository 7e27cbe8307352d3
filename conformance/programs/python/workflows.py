"""Workflows of the scenarios; names say what they do."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError
from temporalio.workflow import ActivityCancellationType, ParentClosePolicy

USUAL = {"start_to_close_timeout": timedelta(seconds=30)}


def seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


@workflow.defn
class Hello:
    @workflow.run
    async def run(self, name: str) -> str:
        return await workflow.execute_activity("greet", name, result_type=str, **USUAL)


@workflow.defn
class Echo:
    @workflow.run
    async def run(self, value: str) -> str:
        return value


@workflow.defn
class Failing:
    """Runs one activity and returns how it ended."""

    @workflow.run
    async def run(self, name: str, args: list, options: dict) -> list:
        retry = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=options.pop("attempts", 0))
        queue = options.pop("task_queue", None)
        timeouts = {key: seconds(value) for key, value in options.items()}
        try:
            result = await workflow.execute_activity(name, args=args, task_queue=queue, retry_policy=retry, **timeouts)
            return ["result", result]
        except ActivityError as error:
            return [error.retry_state.name, type(error.cause).__name__, str(error.cause)]


class Finishable:
    def __init__(self) -> None:
        self.finished = False

    @workflow.signal
    def finish(self) -> None:
        self.finished = True

    async def wait(self) -> None:
        await workflow.wait_condition(lambda: self.finished)


@workflow.defn
class Counter(Finishable):
    def __init__(self) -> None:
        super().__init__()
        self.sum = 0

    @workflow.run
    async def run(self, start: int) -> int:
        self.sum += start
        await self.wait()
        return self.sum

    @workflow.signal
    def add(self, n: int) -> None:
        self.sum += n

    @workflow.query
    def total(self) -> int:
        return self.sum

    @workflow.update
    def add_now(self, n: int) -> int:
        self.sum += n
        return self.sum

    @add_now.validator
    def must_be_positive(self, n: int) -> None:
        if n <= 0:
            raise ValueError("must be positive")


@workflow.defn
class WaitForFinish(Finishable):
    @workflow.run
    async def run(self) -> str:
        await self.wait()
        return "finished"


@workflow.defn
class Timers:
    @workflow.run
    async def run(self) -> None:
        await asyncio.sleep(0.2)
        await workflow.sleep(1, summary="the second one")
        cancelled = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.sleep(0.1)
        cancelled.cancel()


@workflow.defn
class Parent:
    @workflow.run
    async def run(self, child_id: str) -> list:
        try:
            return ["result", await workflow.execute_child_workflow("WaitForFinish", id=child_id)]
        except ChildWorkflowError as error:
            return [type(error.cause).__name__]


@workflow.defn
class LeavesChild(Finishable):
    @workflow.run
    async def run(self, child_id: str, policy: int) -> None:
        await workflow.start_child_workflow("WaitForFinish", id=child_id, parent_close_policy=ParentClosePolicy(policy))
        await self.wait()


@workflow.defn
class CancelsChild(Finishable):
    @workflow.run
    async def run(self, child_id: str) -> str:
        child = await workflow.start_child_workflow("EndsCancelledWhenTold", id=child_id)
        await self.wait()
        child.cancel()
        try:
            await child
        except ChildWorkflowError as error:
            return type(error.cause).__name__
        return "finished"


@workflow.defn
class EndsCancelledWhenTold(Finishable):
    """Cancelled, it still waits for the signal: so its end does not race with the news of the request."""

    @workflow.run
    async def run(self) -> None:
        try:
            await workflow.wait_condition(lambda: False)
        finally:
            await self.wait()


@workflow.defn
class CountsDown:
    @workflow.run
    async def run(self, n: int) -> str:
        if n > 0:
            workflow.continue_as_new(n - 1)
        return "down"


@workflow.defn
class FailsUntilAttempt:
    @workflow.run
    async def run(self, attempt: int) -> int:
        if workflow.info().attempt < attempt:
            raise ApplicationError("not yet")
        return attempt


@workflow.defn
class FailWithCause:
    @workflow.run
    async def run(self) -> None:
        try:
            raise ApplicationError("root", type="Root")
        except ApplicationError as root:
            raise ApplicationError("top", "detail", type="Top") from root


@workflow.defn
class CancelsActivity(Finishable):
    @workflow.run
    async def run(self) -> str:
        running = workflow.start_activity(
            "wait_for_cancel",
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=1),
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        await self.wait()
        running.cancel()
        try:
            await running
        except ActivityError as error:
            return type(error.cause).__name__
        return "finished"


@workflow.defn
class CleansUp:
    @workflow.run
    async def run(self) -> None:
        try:
            await workflow.wait_condition(lambda: False)
        finally:
            await workflow.execute_activity("greet", "cleaner", **USUAL)


@workflow.defn
class Local:
    @workflow.run
    async def run(self) -> str:
        return await workflow.execute_local_activity("greet", "local", result_type=str, start_to_close_timeout=timedelta(seconds=5))


@workflow.defn
class PatchesAndUpserts:
    @workflow.run
    async def run(self) -> bool:
        patched = workflow.patched("a-patch")
        workflow.upsert_search_attributes([SearchAttributeKey.for_keyword("ConformanceKeyword").value_set("python")])
        workflow.upsert_memo({"added": 1})
        await asyncio.sleep(0.01)
        return patched


@workflow.defn
class ReachesOut:
    @workflow.run
    async def run(self, signalled: str, cancelled: str) -> None:
        await workflow.get_external_workflow_handle(signalled).signal("finish")
        await workflow.get_external_workflow_handle(cancelled).cancel()


@workflow.defn
class LeavesOpen:
    @workflow.run
    async def run(self) -> Any:
        return await workflow.execute_activity("leave_open", activity_id="open", **USUAL)


ALL = [
    Hello, Echo, Failing, Counter, WaitForFinish, Timers, Parent, LeavesChild, CancelsChild, CountsDown, FailsUntilAttempt,
    FailWithCause, CancelsActivity, CleansUp, Local, PatchesAndUpserts, ReachesOut, LeavesOpen, EndsCancelledWhenTold,
]  # fmt: skip
