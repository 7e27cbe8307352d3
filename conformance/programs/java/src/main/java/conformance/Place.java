package conformance;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** What one scenario works with: client, queue, ids, and ways to wait for events instead of for time. */
final class Place {
  record World(WorkflowClient client, String queue, String nonce) {}

  private static final long LIMIT_SECONDS = 90;

  final WorkflowClient client;
  final Map<String, Object> observed = new TreeMap<>();
  private final World world;
  private final String name;
  private final Set<String> ids = new LinkedHashSet<>();
  private final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);

  Place(World world, String name) {
    this.world = world;
    this.client = world.client();
    this.name = name;
  }

  List<Map<String, String>> executions() {
    return ids.stream().map(id -> Map.of("workflowId", id)).toList();
  }

  /** Makes a workflow id and records it for the dump. */
  String id(String suffix) {
    String id = name + (suffix.isEmpty() ? "" : "-" + suffix) + "-" + world.nonce();
    ids.add(id);
    return id;
  }

  WorkflowOptions.Builder options(String suffix) {
    return WorkflowOptions.newBuilder().setWorkflowId(id(suffix)).setTaskQueue(world.queue());
  }

  WorkflowStub start(String type, Object... args) {
    return start(options(""), type, args);
  }

  WorkflowStub start(WorkflowOptions.Builder options, String type, Object... args) {
    WorkflowStub stub = client.newUntypedWorkflowStub(type, options.build());
    stub.start(args);
    return stub;
  }

  WorkflowStub existing(String id) {
    return client.newUntypedWorkflowStub(id);
  }

  /** Waits for the result and compares it. */
  void expect(WorkflowStub run, Object want) throws TimeoutException {
    Class<?> type = want == null ? Void.class : want.getClass();
    equal(run.getResult(LIMIT_SECONDS, TimeUnit.SECONDS, type), want);
  }

  /** Waits for the end and records the errors, from the outermost to the root. */
  void fails(String label, WorkflowStub run) {
    fails(label, () -> run.getResult(LIMIT_SECONDS, TimeUnit.SECONDS, Object.class));
  }

  interface Attempt {
    Object run() throws Exception;
  }

  void fails(String label, Attempt attempt) {
    Object result;
    try {
      result = attempt.run();
    } catch (Exception error) {
      observed.put(label, chain(error));
      return;
    }
    throw new AssertionError(label + ": expected an error, got " + result);
  }

  static List<String> chain(Throwable error) {
    List<String> names = new ArrayList<>();
    for (Throwable one = error; one != null; one = one.getCause())
      names.add(one.getClass().getSimpleName() + (one instanceof AssertionError ? ": " + one.getMessage() : ""));
    return names;
  }

  static void equal(Object got, Object want) {
    if (!Objects.equals(got, want)) throw new AssertionError("expected " + want + ", got " + got);
  }

  /** Resolves when `count` events of the type are in the history and no workflow task is pending. */
  void settled(String id, EventType type, int count) throws Exception {
    until(() -> seen(id, type) >= count && !describe(id).hasPendingWorkflowTask());
  }

  void idle(String id) throws Exception {
    settled(id, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 1);
  }

  /** Resolves when a pending activity is with a worker and has heartbeaten. */
  void heartbeaten(String id) throws Exception {
    until(
        () ->
            describe(id).getPendingActivitiesList().stream()
                .anyMatch(
                    one ->
                        one.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
                            && one.hasHeartbeatDetails()));
  }

  private long seen(String id, EventType type) {
    return client.fetchHistory(id).getHistory().getEventsList().stream()
        .filter(event -> event.getEventType() == type)
        .count();
  }

  private DescribeWorkflowExecutionResponse describe(String id) {
    var request =
        DescribeWorkflowExecutionRequest.newBuilder()
            .setNamespace("default")
            .setExecution(WorkflowExecution.newBuilder().setWorkflowId(id));
    return client.getWorkflowServiceStubs().blockingStub().describeWorkflowExecution(request.build());
  }

  private void until(BooleanSupplier isDone) throws Exception {
    while (!isDone.getAsBoolean()) {
      if (System.nanoTime() > deadlineNanos) throw new TimeoutException();
      Thread.sleep(100);
    }
  }
}
