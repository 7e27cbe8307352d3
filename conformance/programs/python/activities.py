"""Activities of the scenarios; names say what they do."""

import asyncio
import time
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError


@activity.defn
async def greet(name: str) -> str:
    return f"Hello, {name}!"


@activity.defn
async def succeed_on_attempt(attempt: int) -> int:
    current = activity.info().attempt
    if current < attempt:
        raise ApplicationError(f"attempt {current} fails")
    return current


@activity.defn
async def fail_for_good() -> None:
    raise ApplicationError("never again", "detail", type="Never", non_retryable=True)


@activity.defn
async def ask_for_delay() -> int:
    attempt = activity.info().attempt
    if attempt == 1:
        raise ApplicationError("later", next_retry_delay=timedelta(milliseconds=1200))
    return attempt


@activity.defn
async def wait_for_cancel() -> None:
    while True:
        activity.heartbeat("alive")
        await asyncio.sleep(0.1)


@activity.defn
def outlive(seconds: float) -> None:
    """Deaf to cancellation."""
    time.sleep(seconds)


@activity.defn
async def resume_from_heartbeat() -> list:
    info = activity.info()
    if info.attempt > 1:
        return list(info.heartbeat_details)
    activity.heartbeat("done", 7)
    await asyncio.sleep(0.3)
    raise ApplicationError("stopped in the middle")


@activity.defn
async def leave_open() -> str:
    """Completed from outside."""
    activity.raise_complete_async()


ALL = [greet, succeed_on_attempt, fail_for_good, ask_for_delay, wait_for_cancel, outlive, resume_from_heartbeat, leave_open]
