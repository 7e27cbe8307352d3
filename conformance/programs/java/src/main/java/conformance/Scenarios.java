package conformance;

import static io.temporal.api.enums.v1.EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED;
import static io.temporal.api.enums.v1.EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED;
import static io.temporal.api.enums.v1.EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED;
import static io.temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;

import conformance.Workflows.ActivityCase;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.common.RetryOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

final class Scenarios {
  static final List<Scenario> ALL =
      List.of(
          new Scenario("hello-world", at -> at.expect(at.start("Hello", "world"), "Hello, world!")),
          new Scenario("signals-and-queries", Scenarios::signalsAndQueries),
          new Scenario("signal-with-start", Scenarios::signalWithStart),
          new Scenario("update-completed", Scenarios::updateCompleted),
          new Scenario("update-rejected", Scenarios::updateRejected),
          new Scenario("update-failed", Scenarios::updateFailed),
          new Scenario("timers", at -> at.expect(at.start("Timers"), null)),
          activity("activity-retried", new ActivityCase("SucceedOnAttempt", 3, 30_000, 0, 0)),
          activity("activity-attempts-exhausted", new ActivityCase("SucceedOnAttempt", 9, 30_000, 0, 2)),
          activity("activity-non-retryable", new ActivityCase("FailForGood", null, 30_000, 0, 0)),
          activity("activity-next-retry-delay", new ActivityCase("AskForDelay", null, 30_000, 0, 0)),
          activity("activity-timeout-start-to-close", new ActivityCase("Outlive", 4_000, 1_000, 0, 1)),
          activity("activity-timeout-heartbeat", new ActivityCase("Outlive", 4_000, 30_000, 1_000, 1)),
          new Scenario("activity-cancelled", Scenarios::activityCancelled),
          new Scenario("local-activity", at -> at.expect(at.start("Local"), "Hello, local!")),
          new Scenario("side-effects-and-versions", at -> at.expect(at.start("SideEffects"), "[7, 8, 1]")),
          new Scenario("upserts", at -> at.expect(at.start("Upserts"), null)),
          new Scenario("child-completes", Scenarios::childCompletes),
          new Scenario("child-fails", Scenarios::childFails),
          new Scenario("child-terminated", Scenarios::childTerminated),
          new Scenario("child-cancelled-by-parent", Scenarios::childCancelled),
          new Scenario("continue-as-new", at -> at.expect(at.start("CountsDown", 2), "down")),
          new Scenario("workflow-retried", Scenarios::workflowRetried),
          new Scenario("workflow-attempts-exhausted", Scenarios::workflowAttemptsExhausted),
          new Scenario("workflow-cancelled", at -> cancelled(at, "WaitForFinish")),
          new Scenario("workflow-cancelled-with-cleanup", at -> cancelled(at, "CleansUp")),
          new Scenario("workflow-terminated", Scenarios::terminated),
          new Scenario("workflow-failed", at -> at.fails("error", at.start("FailWithCause"))),
          new Scenario("id-in-use", Scenarios::idInUse));

  private Scenarios() {}

  private static String idOf(WorkflowStub stub) {
    return stub.getExecution().getWorkflowId();
  }

  private static WorkflowStub idle(Place at, String type, Object... args) throws Exception {
    WorkflowStub stub = at.start(type, args);
    at.idle(idOf(stub));
    return stub;
  }

  private static void finish(Place at, WorkflowStub stub, Object want) throws Exception {
    stub.signal("finish");
    at.expect(stub, want);
  }

  private static void signalsAndQueries(Place at) throws Exception {
    WorkflowStub counter = idle(at, "Counter", 10);
    int total = 10;
    for (int n = 1; n <= 2; n++) {
      counter.signal("add", n);
      total += n;
      at.settled(idOf(counter), EVENT_TYPE_WORKFLOW_TASK_COMPLETED, n + 1);
      Place.equal(counter.query("total", Integer.class), total);
    }
    at.fails("unknown query", () -> counter.query("nonsense", Integer.class));
    finish(at, counter, 13);
    Place.equal(counter.query("total", Integer.class), 13);
  }

  private static void signalWithStart(Place at) throws Exception {
    for (int n = 1; n <= 2; n++) {
      WorkflowStub stub = at.client.newUntypedWorkflowStub("Counter", at.options("").build());
      stub.signalWithStart("add", new Object[] {n}, new Object[] {5});
      at.settled(idOf(stub), EVENT_TYPE_WORKFLOW_TASK_COMPLETED, n);
    }
    finish(at, at.existing(at.id("")), 8);
  }

  private static Object update(WorkflowStub stub, String name, String updateId, Object... args) throws Exception {
    UpdateOptions<Integer> options =
        UpdateOptions.newBuilder(Integer.class)
            .setUpdateName(name)
            .setUpdateId(updateId)
            .setWaitForStage(WorkflowUpdateStage.COMPLETED)
            .build();
    return stub.startUpdate(options, args).getResultAsync().get(30, TimeUnit.SECONDS);
  }

  private static void updateCompleted(Place at) throws Exception {
    WorkflowStub counter = idle(at, "Counter", 10);
    Place.equal(update(counter, "addNow", "first", 5), 15);
    Place.equal(update(counter, "addNow", "second", 5), 20);
    finish(at, counter, 20);
  }

  /** A rejected update leaves no event. */
  private static void updateRejected(Place at) throws Exception {
    WorkflowStub counter = idle(at, "Counter", 10);
    at.fails("refused", () -> update(counter, "addNow", "negative", -1));
    at.fails("unknown", () -> update(counter, "nonsense", "unknown"));
    finish(at, counter, 10);
  }

  private static void updateFailed(Place at) throws Exception {
    WorkflowStub counter = idle(at, "Counter", 10);
    at.fails("failed", () -> update(counter, "refuse", "refused"));
    finish(at, counter, 10);
  }

  private static Scenario activity(String name, ActivityCase one) {
    return new Scenario(
        name,
        at -> at.observed.put("outcome", at.start("Failing", one).getResult(60, TimeUnit.SECONDS, String.class)));
  }

  private static void activityCancelled(Place at) throws Exception {
    WorkflowStub stub = at.start("CancelsActivity");
    at.settled(idOf(stub), EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, 1);
    at.heartbeaten(idOf(stub));
    finish(at, stub, "CanceledFailure");
  }

  private record Pair(WorkflowStub parent, WorkflowStub child) {}

  /** Starts a parent of a waiting child and resolves once both wait. */
  private static Pair pair(Place at, String type, Object... args) throws Exception {
    String child = at.id("child");
    WorkflowStub parent = at.start(type, args);
    at.settled(idOf(parent), EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED, 1);
    at.idle(child);
    return new Pair(parent, at.existing(child));
  }

  private static void childCompletes(Place at) throws Exception {
    Pair pair = pair(at, "Parent", "WaitForFinish", at.id("child"));
    pair.child().signal("finish");
    at.expect(pair.parent(), "finished");
  }

  private static void childFails(Place at) throws Exception {
    Pair pair = pair(at, "Parent", "FailsWhenFinished", at.id("child"));
    pair.child().signal("finish");
    at.expect(pair.parent(), "RETRY_STATE_RETRY_POLICY_NOT_SET: ApplicationFailure");
    at.fails("child", pair.child());
  }

  private static void childTerminated(Place at) throws Exception {
    Pair pair = pair(at, "Parent", "WaitForFinish", at.id("child"));
    pair.child().terminate("by the test");
    at.expect(pair.parent(), "RETRY_STATE_NON_RETRYABLE_FAILURE: TerminatedFailure");
  }

  private static void childCancelled(Place at) throws Exception {
    Pair pair = pair(at, "CancelsChild", at.id("child"));
    pair.parent().signal("finish");
    at.settled(idOf(pair.parent()), EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED, 1);
    pair.child().signal("finish");
    at.expect(pair.parent(), null);
    at.fails("child", pair.child());
  }

  private static RetryOptions retry(int attempts) {
    return RetryOptions.newBuilder()
        .setInitialInterval(Duration.ofSeconds(1))
        .setBackoffCoefficient(1)
        .setMaximumAttempts(attempts)
        .build();
  }

  private static void workflowRetried(Place at) throws Exception {
    at.expect(at.start(at.options("").setRetryOptions(retry(0)), "FailsUntilAttempt", 2), 2);
  }

  private static void workflowAttemptsExhausted(Place at) {
    at.fails("error", at.start(at.options("").setRetryOptions(retry(2)), "FailsUntilAttempt", 9));
  }

  private static void cancelled(Place at, String type) throws Exception {
    WorkflowStub stub = idle(at, type);
    stub.cancel();
    at.fails("error", stub);
  }

  private static void terminated(Place at) throws Exception {
    WorkflowStub stub = idle(at, "WaitForFinish");
    stub.terminate("because", "detail");
    at.fails("error", stub);
  }

  private static void idInUse(Place at) throws Exception {
    WorkflowStub stub = idle(at, "WaitForFinish");
    at.fails("error", () -> at.start("WaitForFinish"));
    finish(at, stub, "finished");
  }
}
