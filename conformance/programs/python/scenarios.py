"""The scenarios by name; each makes executions, waits for their end and checks results."""

from datetime import timedelta
from typing import Any, Awaitable, Callable

from temporalio.api.enums.v1 import EventType
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateStage
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.workflow import ParentClosePolicy

from place import Place

Run = Callable[[Place], Awaitable[None]]


def returns(expected: Any, workflow: str, *args: Any, **options: Any) -> Run:
    async def run(at: Place) -> None:
        result = await at.execute(workflow, *args, **options)
        assert result == expected, result

    return run


def ending(expected: list, activity: str, args: list, **options: Any) -> Run:
    return returns(expected, "Failing", activity, args, options)


async def counter(at: Place) -> WorkflowHandle:
    handle = await at.start("Counter", 10)
    await at.idle(handle)
    return handle


async def finish(handle: WorkflowHandle, expected: Any) -> None:
    await handle.signal("finish")
    assert await handle.result() == expected


async def signals_and_queries(at: Place) -> None:
    handle = await counter(at)
    for i, expected in enumerate([11, 13]):
        await handle.signal("add", i + 1)
        await at.settled(handle, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, i + 2)
        assert await handle.query("total") == expected
    await at.fails("unknown query", handle.query("nonsense"))
    await finish(handle, 13)


async def signal_with_start(at: Place) -> None:
    handle = await at.start("Counter", 5, start_signal="add", start_signal_args=[1])
    await at.idle(handle)
    await at.start("Counter", 5, start_signal="add", start_signal_args=[2])
    await at.settled(handle, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 2)
    await finish(handle, 8)


async def updates(at: Place) -> None:
    handle = await counter(at)
    assert await handle.execute_update("add_now", 5, id="good") == 15
    await at.fails("refused", handle.execute_update("add_now", -1, id="bad"))
    await finish(handle, 15)


async def update_with_start(at: Place) -> None:
    policy = WorkflowIDConflictPolicy.USE_EXISTING
    operation = WithStartWorkflowOperation("Counter", 1, id=at.id(), task_queue=at.queue, id_conflict_policy=policy)
    update = await at.client.start_update_with_start_workflow(
        "add_now", 2, id="a", wait_for_stage=WorkflowUpdateStage.COMPLETED, start_workflow_operation=operation
    )
    assert await update.result() == 2, "the update runs before the main coroutine begins"
    await finish(await operation.workflow_handle(), 3)


async def activity_cancelled(at: Place) -> None:
    handle = await at.start("CancelsActivity")
    await at.settled(handle, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    await at.started(handle)
    await finish(handle, "CancelledError")


async def async_completion(at: Place) -> None:
    handle = await at.start("LeavesOpen")
    await at.settled(handle, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    await at.started(handle)
    activity = at.client.get_async_activity_handle(workflow_id=handle.id, run_id=None, activity_id="open")
    await activity.heartbeat("half")
    await activity.complete("by id")
    assert await handle.result() == "by id"


async def pair(at: Place, workflow: str, *args: Any) -> tuple[WorkflowHandle, WorkflowHandle]:
    """Starts a parent of a waiting child and resolves once both wait."""
    child_id = at.id("child")
    parent = await at.start(workflow, child_id, *args)
    await at.settled(parent, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)
    child = at.client.get_workflow_handle(child_id)
    await at.idle(child)
    return parent, child


async def child_completes(at: Place) -> None:
    parent, child = await pair(at, "Parent")
    await child.signal("finish")
    assert await parent.result() == ["result", "finished"]


async def child_terminated(at: Place) -> None:
    parent, child = await pair(at, "Parent")
    await child.terminate(reason="by the test")
    assert await parent.result() == ["TerminatedError"]


async def child_cancelled(at: Place) -> None:
    parent, child = await pair(at, "CancelsChild")
    await parent.signal("finish")
    await at.settled(parent, EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
    await child.signal("finish")
    assert await parent.result() == "CancelledError"
    await at.fails("child", child.result())


def leaves(policy: ParentClosePolicy) -> Run:
    async def run(at: Place) -> None:
        parent, child = await pair(at, "LeavesChild", int(policy))
        await finish(parent, None)
        if policy == ParentClosePolicy.ABANDON:
            await finish(child, "finished")
        else:
            await at.fails("child", child.result())

    return run


async def external(at: Place) -> None:
    signalled = await at.start("WaitForFinish", suffix="signalled")
    cancelled = await at.start("WaitForFinish", suffix="cancelled")
    await at.idle(signalled)
    await at.idle(cancelled)
    await at.execute("ReachesOut", signalled.id, cancelled.id, suffix="caller")
    assert await signalled.result() == "finished"
    await at.fails("cancelled", cancelled.result())


def ends(action: str, workflow: str = "WaitForFinish") -> Run:
    async def run(at: Place) -> None:
        handle = await at.start(workflow)
        await at.idle(handle)
        await getattr(handle, action)()
        await at.fails("error", handle.result())

    return run


def failing(workflow: str, *args: Any, **options: Any) -> Run:
    async def run(at: Place) -> None:
        handle = await at.start(workflow, *args, **options)
        await at.fails("error", handle.result())

    return run


async def id_in_use(at: Place) -> None:
    handle = await at.start("WaitForFinish")
    await at.idle(handle)
    await at.fails("running", at.start("WaitForFinish"))
    await finish(handle, "finished")
    await at.fails("closed", at.start("WaitForFinish", id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE))


RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1)

SCENARIOS: dict[str, Run] = {
    "hello-world": returns("Hello, world!", "Hello", "world"),
    "signals-and-queries": signals_and_queries,
    "signal-with-start": signal_with_start,
    "update-completed": updates,
    "update-with-start": update_with_start,
    "timers": returns(None, "Timers"),
    "activity-retried": ending(["result", 3], "succeed_on_attempt", [3], start_to_close_timeout=30),
    "activity-attempts-exhausted": ending(["MAXIMUM_ATTEMPTS_REACHED", "ApplicationError", "attempt 2 fails"], "succeed_on_attempt", [9], start_to_close_timeout=30, attempts=2),
    "activity-non-retryable": ending(["NON_RETRYABLE_FAILURE", "ApplicationError", "Never: never again"], "fail_for_good", [], start_to_close_timeout=30),
    "activity-next-retry-delay": ending(["result", 2], "ask_for_delay", [], start_to_close_timeout=30),
    "activity-timeout-start-to-close": ending(["MAXIMUM_ATTEMPTS_REACHED", "TimeoutError", "activity StartToClose timeout"], "outlive", [4], start_to_close_timeout=1, attempts=1),
    "activity-timeout-heartbeat": ending(["MAXIMUM_ATTEMPTS_REACHED", "TimeoutError", "activity Heartbeat timeout"], "outlive", [4], start_to_close_timeout=30, heartbeat_timeout=1, attempts=1),
    "activity-timeout-schedule-to-start": ending(["TIMEOUT", "TimeoutError", "activity ScheduleToStart timeout"], "outlive", [1], start_to_close_timeout=30, schedule_to_start_timeout=1, task_queue="a-queue-without-worker"),
    "activity-heartbeat-details": ending(["result", ["done", 7]], "resume_from_heartbeat", [], start_to_close_timeout=30, heartbeat_timeout=10),
    "activity-cancelled": activity_cancelled,
    "async-completion-by-id": async_completion,
    "local-activity": returns("Hello, local!", "Local"),
    "patches-and-upserts": returns(True, "PatchesAndUpserts"),
    "child-completes": child_completes,
    "child-terminated": child_terminated,
    "child-cancelled-by-parent": child_cancelled,
    "child-abandoned": leaves(ParentClosePolicy.ABANDON),
    "child-terminated-with-parent": leaves(ParentClosePolicy.TERMINATE),
    "child-cancelled-with-parent": leaves(ParentClosePolicy.REQUEST_CANCEL),
    "external-signal-and-cancel": external,
    "continue-as-new": returns("down", "CountsDown", 2),
    "workflow-retried": returns(2, "FailsUntilAttempt", 2, retry_policy=RETRY),
    "workflow-cancelled": ends("cancel"),
    "workflow-cancelled-with-cleanup": ends("cancel", "CleansUp"),
    "workflow-terminated": ends("terminate"),
    "workflow-failed": failing("FailWithCause"),
    "workflow-run-timeout": failing("WaitForFinish", run_timeout=timedelta(seconds=1)),
    "id-in-use": id_in_use,
    "start-delay": returns("late", "Echo", "late", start_delay=timedelta(seconds=1)),
}
