package main

import (
	"errors"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func registerWorkflows(w worker.Worker) {
	for _, one := range []any{Hello, Echo, Failing, Counter, WaitForFinish, Timers, Parent, LeavesChild, CancelsChild, CountsDown, FailsUntilAttempt, FailWithCause, CancelsActivity, CleansUp, Local, SideEffects, Upserts, ReachesOut, LeavesOpen, EndsCancelledWhenTold} {
		w.RegisterWorkflow(one)
	}
}

func usual(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 30 * time.Second})
}

func Hello(ctx workflow.Context, name string) (greeting string, err error) {
	err = workflow.ExecuteActivity(usual(ctx), Greet, name).Get(ctx, &greeting)
	return
}

func Echo(_ workflow.Context, value string) (string, error) { return value, nil }

// ActivityCase is one way to run an activity.
type ActivityCase struct {
	Name                                                      string
	Arg                                                       int64
	ScheduleToClose, ScheduleToStart, StartToClose, Heartbeat time.Duration
	Initial                                                   time.Duration
	Attempts                                                  int32
	Queue                                                     string
}

// Failing runs one activity and returns how it ended.
func Failing(ctx workflow.Context, one ActivityCase) (string, error) {
	options := workflow.ActivityOptions{
		TaskQueue: one.Queue, ScheduleToCloseTimeout: one.ScheduleToClose, ScheduleToStartTimeout: one.ScheduleToStart, StartToCloseTimeout: one.StartToClose,
		HeartbeatTimeout: one.Heartbeat, RetryPolicy: &temporal.RetryPolicy{InitialInterval: one.Initial, MaximumAttempts: one.Attempts},
	}
	var args []any
	if one.Arg != 0 {
		args = append(args, one.Arg)
	}
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), one.Name, args...).Get(ctx, nil)
	var failed *temporal.ActivityError
	if errors.As(err, &failed) {
		return failed.RetryState().String() + ": " + failed.Unwrap().Error(), nil
	}
	return "ok", err
}

// Counter is a sum kept by signals and updates, read by a query, ended by the signal finish.
func Counter(ctx workflow.Context, sum int) (int, error) {
	must(workflow.SetQueryHandler(ctx, "total", func() (int, error) { return sum, nil }))
	add := func(ctx workflow.Context, n int) (int, error) { sum += n; return sum, nil }
	validate := func(n int) error {
		if n <= 0 {
			return errors.New("must be positive")
		}
		return nil
	}
	must(workflow.SetUpdateHandlerWithOptions(ctx, "addNow", add, workflow.UpdateHandlerOptions{Validator: validate}))
	adds, finish := workflow.GetSignalChannel(ctx, "add"), workflow.GetSignalChannel(ctx, "finish")
	for finished := false; !finished; {
		selector := workflow.NewSelector(ctx)
		selector.AddReceive(adds, func(c workflow.ReceiveChannel, _ bool) {
			var n int
			c.Receive(ctx, &n)
			sum += n
		})
		selector.AddReceive(finish, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil); finished = true })
		selector.Select(ctx)
	}
	return sum, nil
}

func WaitForFinish(ctx workflow.Context) (string, error) {
	finish := workflow.GetSignalChannel(ctx, "finish")
	selector := workflow.NewSelector(ctx)
	selector.AddReceive(finish, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil) })
	selector.AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {})
	selector.Select(ctx)
	return "finished", ctx.Err()
}

// Timers waits twice and cancels a third timer.
func Timers(ctx workflow.Context) error {
	must(workflow.Sleep(ctx, 200*time.Millisecond))
	must(workflow.Sleep(ctx, time.Second))
	inner, cancel := workflow.WithCancel(ctx)
	timer := workflow.NewTimer(inner, time.Hour)
	must(workflow.Sleep(ctx, 100*time.Millisecond))
	cancel()
	return ignoreCancel(timer.Get(ctx, nil))
}

func ignoreCancel(err error) error {
	if temporal.IsCanceledError(err) {
		return nil
	}
	return err
}

func childOptions(ctx workflow.Context, id string, policy enums.ParentClosePolicy) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: id, ParentClosePolicy: policy, WaitForCancellation: true})
}

func Parent(ctx workflow.Context, id string) (string, error) {
	var result string
	err := workflow.ExecuteChildWorkflow(childOptions(ctx, id, enums.PARENT_CLOSE_POLICY_TERMINATE), WaitForFinish).Get(ctx, &result)
	if err != nil {
		return "failed: " + errors.Unwrap(err).Error(), nil
	}
	return result, nil
}

func LeavesChild(ctx workflow.Context, id string, policy enums.ParentClosePolicy) error {
	child := workflow.ExecuteChildWorkflow(childOptions(ctx, id, policy), WaitForFinish)
	must(child.GetChildWorkflowExecution().Get(ctx, nil))
	workflow.GetSignalChannel(ctx, "finish").Receive(ctx, nil)
	return nil
}

func CancelsChild(ctx workflow.Context, id string) error {
	inner, cancel := workflow.WithCancel(ctx)
	child := workflow.ExecuteChildWorkflow(childOptions(inner, id, enums.PARENT_CLOSE_POLICY_TERMINATE), EndsCancelledWhenTold)
	must(child.GetChildWorkflowExecution().Get(ctx, nil))
	workflow.GetSignalChannel(ctx, "finish").Receive(ctx, nil)
	cancel()
	return ignoreCancel(child.Get(ctx, nil))
}

// EndsCancelledWhenTold still waits for the signal when cancelled: so its end does not race with the news of the request.
func EndsCancelledWhenTold(ctx workflow.Context) error {
	ctx.Done().Receive(ctx, nil)
	outer, _ := workflow.NewDisconnectedContext(ctx)
	workflow.GetSignalChannel(ctx, "finish").Receive(outer, nil)
	return ctx.Err()
}

func CountsDown(ctx workflow.Context, n int) (string, error) {
	if n > 0 {
		return "", workflow.NewContinueAsNewError(ctx, CountsDown, n-1)
	}
	return "down", nil
}

func FailsUntilAttempt(ctx workflow.Context, attempt int32) (int32, error) {
	if current := workflow.GetInfo(ctx).Attempt; current < attempt {
		return 0, errors.New("not yet")
	}
	return attempt, nil
}

func FailWithCause(workflow.Context) error {
	return temporal.NewApplicationErrorWithCause("top", "Top", temporal.NewApplicationError("root", "Root"), "detail")
}

// CancelsActivity starts an activity, waits for the signal and cancels it.
func CancelsActivity(ctx workflow.Context) error {
	inner, cancel := workflow.WithCancel(ctx)
	options := workflow.ActivityOptions{StartToCloseTimeout: time.Minute, HeartbeatTimeout: time.Second, WaitForCancellation: true}
	running := workflow.ExecuteActivity(workflow.WithActivityOptions(inner, options), WaitForCancel)
	workflow.GetSignalChannel(ctx, "finish").Receive(ctx, nil)
	cancel()
	return ignoreCancel(running.Get(ctx, nil))
}

// CleansUp ends as cancelled after an activity that ignores the cancellation.
func CleansUp(ctx workflow.Context) error {
	ctx.Done().Receive(ctx, nil)
	outer, _ := workflow.NewDisconnectedContext(ctx)
	must(workflow.ExecuteActivity(usual(outer), Greet, "cleaner").Get(outer, nil))
	return ctx.Err()
}

func Local(ctx workflow.Context) (greeting string, err error) {
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 5 * time.Second})
	err = workflow.ExecuteLocalActivity(local, Greet, "local").Get(ctx, &greeting)
	return
}

// SideEffects leaves a marker of each kind.
func SideEffects(ctx workflow.Context) (result []int, err error) {
	var effect, mutable int
	must(workflow.SideEffect(ctx, func(workflow.Context) any { return 7 }).Get(&effect))
	must(workflow.MutableSideEffect(ctx, "mutable", func(workflow.Context) any { return 8 }, func(a, b any) bool { return a == b }).Get(&mutable))
	version := workflow.GetVersion(ctx, "change", workflow.DefaultVersion, 1)
	return []int{effect, mutable, int(version)}, nil
}

func Upserts(ctx workflow.Context) error {
	must(workflow.UpsertTypedSearchAttributes(ctx, temporal.NewSearchAttributeKeyKeyword("ConformanceKeyword").ValueSet("go")))
	must(workflow.UpsertMemo(ctx, map[string]any{"added": 1}))
	return workflow.Sleep(ctx, time.Millisecond)
}

// ReachesOut signals one execution and cancels another.
func ReachesOut(ctx workflow.Context, signalled, cancelled string) ([]bool, error) {
	first := workflow.SignalExternalWorkflow(ctx, signalled, "", "finish", nil).Get(ctx, nil)
	second := workflow.RequestCancelExternalWorkflow(ctx, cancelled, "").Get(ctx, nil)
	return []bool{first == nil, second == nil}, nil
}

func LeavesOpen(ctx workflow.Context) (result string, err error) {
	options := workflow.ActivityOptions{StartToCloseTimeout: time.Minute, ActivityID: "open"}
	err = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), LeaveOpen).Get(ctx, &result)
	return
}
