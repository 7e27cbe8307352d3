package conformance;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;

@ActivityInterface
public interface Activities {
  String greet(String name);

  /** Fails until the given attempt. */
  int succeedOnAttempt(int attempt);

  void failForGood();

  /** Asks for its own retry delay once, then succeeds. */
  int askForDelay();

  /** Heartbeats until it is cancelled. */
  void waitForCancel();

  /** Is deaf to timeouts. */
  void outlive(int durationMs);

  final class Body implements Activities {
    @Override
    public String greet(String name) {
      return "Hello, " + name + "!";
    }

    @Override
    public int succeedOnAttempt(int attempt) {
      int current = attemptNow();
      if (current < attempt) throw ApplicationFailure.newFailure("attempt " + current + " fails", "TooEarly", current);
      return current;
    }

    @Override
    public void failForGood() {
      throw ApplicationFailure.newNonRetryableFailureWithCause(
          "never again", "Never", new IllegalStateException("the cause"), "detail");
    }

    @Override
    public int askForDelay() {
      if (attemptNow() > 1) return attemptNow();
      throw ApplicationFailure.newBuilder()
          .setMessage("later")
          .setType("Later")
          .setNextRetryDelay(Duration.ofMillis(1200))
          .build();
    }

    @Override
    public void waitForCancel() {
      while (true) {
        Activity.getExecutionContext().heartbeat("alive");
        pause(100);
      }
    }

    @Override
    public void outlive(int durationMs) {
      pause(durationMs);
    }

    private static int attemptNow() {
      return Activity.getExecutionContext().getInfo().getAttempt();
    }

    private static void pause(long durationMs) {
      try {
        Thread.sleep(durationMs);
      } catch (InterruptedException stopped) {
        throw Activity.wrap(stopped);
      }
    }
  }
}
