"""The SDK's local test environment on a server executable: start, run a workflow, list it, shut down."""

import argparse
import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

import activities
import workflows


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--executable", required=True)
    parser.add_argument("--db")
    flags = parser.parse_args()
    customer = SearchAttributeKey.for_keyword("customer")
    environment = await WorkflowEnvironment.start_local(
        namespace="orders",
        search_attributes=[customer],
        dev_server_existing_path=flags.executable,
        dev_server_database_filename=flags.db,
        dev_server_log_level="error",
        # What users put there is the reference's; some of it means nothing here.
        dev_server_extra_args=["--dynamic-config-value", "system.forceSearchAttributesCacheRefreshOnRead=true", "--ui-port", "0"],
    )
    with ThreadPoolExecutor(8) as threads:
        async with environment:
            client = environment.client
            async with Worker(client, task_queue="local", workflows=workflows.ALL, activities=activities.ALL, activity_executor=threads):
                attributes = TypedSearchAttributes([SearchAttributePair(customer, "ann")])
                result = await client.execute_workflow("Hello", "world", id="local", task_queue="local", search_attributes=attributes)
            assert result == "Hello, world!", result
            assert (await client.count_workflows('customer = "ann"')).count == 1
    print(json.dumps({"address": client.service_client.config.target_host}), flush=True)


asyncio.run(main())
# The SDK's native threads may still run when the interpreter takes itself down, which then aborts: leave without that.
os._exit(0)
