package conformance;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.common.RetryOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.ChildWorkflowStub;
import io.temporal.workflow.Promise;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The type of each workflow is the name of its interface. */
public final class Workflows {
  static final Class<?>[] IMPLEMENTATIONS = {
    HelloBody.class, FailingBody.class, CounterBody.class, WaitForFinishBody.class, EndsCancelledWhenToldBody.class,
    FailsWhenFinishedBody.class, TimersBody.class, ParentBody.class, CancelsChildBody.class, CountsDownBody.class,
    FailsUntilAttemptBody.class, FailWithCauseBody.class, CancelsActivityBody.class, CleansUpBody.class, LocalBody.class,
    SideEffectsBody.class, UpsertsBody.class,
  };

  private Workflows() {}

  private static ActivityOptions.Builder usual() {
    return ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofSeconds(30));
  }

  private static Activities activities(ActivityOptions.Builder options) {
    return Workflow.newActivityStub(Activities.class, options.build());
  }

  @WorkflowInterface
  public interface Hello {
    @WorkflowMethod
    String run(String name);
  }

  public static class HelloBody implements Hello {
    @Override
    public String run(String name) {
      return activities(usual()).greet(name);
    }
  }

  /** One way to run an activity; what is zero is not set. */
  public record ActivityCase(String name, Integer arg, long startToCloseMs, long heartbeatMs, int attempts) {}

  /** Runs one activity and returns how it ended. */
  @WorkflowInterface
  public interface Failing {
    @WorkflowMethod
    String run(ActivityCase one);
  }

  public static class FailingBody implements Failing {
    @Override
    public String run(ActivityCase one) {
      var retry = RetryOptions.newBuilder().setInitialInterval(Duration.ofMillis(100));
      if (one.attempts() > 0) retry.setMaximumAttempts(one.attempts());
      var options = ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMillis(one.startToCloseMs()));
      if (one.heartbeatMs() > 0) options.setHeartbeatTimeout(Duration.ofMillis(one.heartbeatMs()));
      var stub = Workflow.newUntypedActivityStub(options.setRetryOptions(retry.build()).build());
      try {
        stub.execute(one.name(), Object.class, one.arg() == null ? new Object[0] : new Object[] {one.arg()});
        return "ok";
      } catch (ActivityFailure failure) {
        return failure.getRetryState() + ": " + failure.getCause().getMessage();
      }
    }
  }

  /** A sum kept by signals and updates, read by a query, ended by the signal finish. */
  @WorkflowInterface
  public interface Counter {
    @WorkflowMethod
    int run(int start);

    @SignalMethod
    void add(int n);

    @SignalMethod
    void finish();

    @QueryMethod
    int total();

    @UpdateMethod
    int addNow(int n);

    @UpdateValidatorMethod(updateName = "addNow")
    void mustBePositive(int n);

    @UpdateMethod
    int refuse();
  }

  public static class CounterBody implements Counter {
    private int sum;
    private boolean isFinished;

    @Override
    public int run(int start) {
      sum += start;
      Workflow.await(() -> isFinished);
      return sum;
    }

    @Override
    public void add(int n) {
      sum += n;
    }

    @Override
    public void finish() {
      isFinished = true;
    }

    @Override
    public int total() {
      return sum;
    }

    @Override
    public int addNow(int n) {
      sum += n;
      return sum;
    }

    @Override
    public void mustBePositive(int n) {
      if (n <= 0) throw new IllegalArgumentException("must be positive");
    }

    @Override
    public int refuse() {
      throw ApplicationFailure.newFailure("refused", "Refused");
    }
  }

  /** What waits for the signal finish. */
  public interface Finishable {
    @SignalMethod
    void finish();
  }

  private abstract static class FinishableBody implements Finishable {
    private boolean isFinished;

    @Override
    public void finish() {
      isFinished = true;
    }

    final void awaitFinish() {
      Workflow.await(() -> isFinished);
    }
  }

  @WorkflowInterface
  public interface WaitForFinish extends Finishable {
    @WorkflowMethod
    String run();
  }

  public static class WaitForFinishBody extends FinishableBody implements WaitForFinish {
    @Override
    public String run() {
      awaitFinish();
      return "finished";
    }
  }

  @WorkflowInterface
  public interface FailsWhenFinished extends Finishable {
    @WorkflowMethod
    void run();
  }

  public static class FailsWhenFinishedBody extends FinishableBody implements FailsWhenFinished {
    @Override
    public void run() {
      awaitFinish();
      throw ApplicationFailure.newFailure("the child failed", "ChildFailed", "detail");
    }
  }

  /** Still waits for the signal when cancelled: so its end does not race with the news of the request. */
  @WorkflowInterface
  public interface EndsCancelledWhenTold extends Finishable {
    @WorkflowMethod
    void run();
  }

  public static class EndsCancelledWhenToldBody extends FinishableBody implements EndsCancelledWhenTold {
    @Override
    public void run() {
      try {
        Workflow.await(() -> false);
      } catch (CanceledFailure cancelled) {
        Workflow.newDetachedCancellationScope(this::awaitFinish).run();
        throw cancelled;
      }
    }
  }

  /** Waits twice and cancels a third timer. */
  @WorkflowInterface
  public interface Timers {
    @WorkflowMethod
    void run();
  }

  public static class TimersBody implements Timers {
    @Override
    public void run() {
      Workflow.sleep(Duration.ofMillis(200));
      Workflow.sleep(Duration.ofSeconds(1));
      CancellationScope scope = Workflow.newCancellationScope(() -> Workflow.newTimer(Duration.ofHours(1)));
      scope.run();
      Workflow.sleep(Duration.ofMillis(100));
      scope.cancel();
    }
  }

  private static ChildWorkflowStub child(String type, String id) {
    var options =
        ChildWorkflowOptions.newBuilder()
            .setWorkflowId(id)
            .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE)
            .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED);
    return Workflow.newUntypedChildWorkflowStub(type, options.build());
  }

  /** Returns how its child ended. */
  @WorkflowInterface
  public interface Parent {
    @WorkflowMethod
    String run(String type, String id);
  }

  public static class ParentBody implements Parent {
    @Override
    public String run(String type, String id) {
      try {
        return child(type, id).execute(String.class);
      } catch (ChildWorkflowFailure failure) {
        return failure.getRetryState() + ": " + failure.getCause().getClass().getSimpleName();
      }
    }
  }

  /** Starts a child and, told to finish, cancels it. */
  @WorkflowInterface
  public interface CancelsChild extends Finishable {
    @WorkflowMethod
    void run(String id);
  }

  public static class CancelsChildBody extends FinishableBody implements CancelsChild {
    private Promise<Void> running;

    @Override
    public void run(String id) {
      ChildWorkflowStub child = child("EndsCancelledWhenTold", id);
      CancellationScope scope = Workflow.newCancellationScope(() -> running = child.executeAsync(Void.class));
      scope.run();
      awaitFinish();
      scope.cancel();
      try {
        running.get();
      } catch (ChildWorkflowFailure failure) {
        if (!(failure.getCause() instanceof CanceledFailure)) throw failure;
      }
    }
  }

  @WorkflowInterface
  public interface CountsDown {
    @WorkflowMethod
    String run(int n);
  }

  public static class CountsDownBody implements CountsDown {
    @Override
    public String run(int n) {
      if (n > 0) Workflow.continueAsNew(n - 1);
      return "down";
    }
  }

  @WorkflowInterface
  public interface FailsUntilAttempt {
    @WorkflowMethod
    int run(int attempt);
  }

  public static class FailsUntilAttemptBody implements FailsUntilAttempt {
    @Override
    public int run(int attempt) {
      if (Workflow.getInfo().getAttempt() < attempt) throw ApplicationFailure.newFailure("not yet", "NotYet");
      return attempt;
    }
  }

  @WorkflowInterface
  public interface FailWithCause {
    @WorkflowMethod
    void run();
  }

  public static class FailWithCauseBody implements FailWithCause {
    @Override
    public void run() {
      throw ApplicationFailure.newFailureWithCause(
          "top", "Top", ApplicationFailure.newNonRetryableFailure("root", "Root"), "detail");
    }
  }

  /** Starts an activity and, told to finish, cancels it. */
  @WorkflowInterface
  public interface CancelsActivity extends Finishable {
    @WorkflowMethod
    String run();
  }

  public static class CancelsActivityBody extends FinishableBody implements CancelsActivity {
    private Promise<Void> running;

    @Override
    public String run() {
      Activities activities =
          activities(
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofMinutes(1))
                  .setHeartbeatTimeout(Duration.ofSeconds(1))
                  .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED));
      CancellationScope scope =
          Workflow.newCancellationScope(() -> running = Async.procedure(activities::waitForCancel));
      scope.run();
      awaitFinish();
      scope.cancel();
      try {
        running.get();
        return "completed";
      } catch (ActivityFailure failure) {
        return failure.getCause().getClass().getSimpleName();
      }
    }
  }

  /** Ends as cancelled after an activity that ignores the cancellation. */
  @WorkflowInterface
  public interface CleansUp {
    @WorkflowMethod
    void run();
  }

  public static class CleansUpBody implements CleansUp {
    @Override
    public void run() {
      try {
        Workflow.await(() -> false);
      } catch (CanceledFailure cancelled) {
        Workflow.newDetachedCancellationScope(() -> activities(usual()).greet("cleaner")).run();
        throw cancelled;
      }
    }
  }

  @WorkflowInterface
  public interface Local {
    @WorkflowMethod
    String run();
  }

  public static class LocalBody implements Local {
    @Override
    public String run() {
      var options = LocalActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofSeconds(5));
      return Workflow.newLocalActivityStub(Activities.class, options.build()).greet("local");
    }
  }

  /** Leaves a marker of each kind. */
  @WorkflowInterface
  public interface SideEffects {
    @WorkflowMethod
    String run();
  }

  public static class SideEffectsBody implements SideEffects {
    @Override
    public String run() {
      int effect = Workflow.sideEffect(Integer.class, () -> 7);
      int mutable = Workflow.mutableSideEffect("mutable", Integer.class, (a, b) -> !a.equals(b), () -> 8);
      int version = Workflow.getVersion("change", Workflow.DEFAULT_VERSION, 1);
      return List.of(effect, mutable, version).toString();
    }
  }

  @WorkflowInterface
  public interface Upserts {
    @WorkflowMethod
    void run();
  }

  public static class UpsertsBody implements Upserts {
    @Override
    public void run() {
      Workflow.upsertTypedSearchAttributes(SearchAttributeKey.forKeyword("ConformanceKeyword").valueSet("java"));
      Workflow.upsertMemo(Map.of("added", 1));
      Workflow.sleep(Duration.ofMillis(1));
    }
  }
}
