package main

import (
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

var scenarios = []scenario{
	{"hello-world", func(at *place) { expect(at, at.start(at.options(""), Hello, "world"), "Hello, world!") }},
	{"eager-workflow-start", eagerStart},
	{"signals-and-queries", signalsAndQueries},
	{"signal-with-start", signalWithStart},
	{"update-completed", updates},
	{"update-with-start", updateWithStart},
	{"timers", func(at *place) { must(at.start(at.options(""), Timers).Get(at.ctx, nil)) }},
	activityCase("activity-retried", ActivityCase{Name: "SucceedOnAttempt", Arg: 3, StartToClose: 30 * time.Second, Initial: 100 * time.Millisecond}, "ok"),
	activityCase("activity-attempts-exhausted", ActivityCase{Name: "SucceedOnAttempt", Arg: 9, StartToClose: 30 * time.Second, Initial: 100 * time.Millisecond, Attempts: 2}, ""),
	activityCase("activity-non-retryable", ActivityCase{Name: "FailForGood", StartToClose: 30 * time.Second}, ""),
	activityCase("activity-next-retry-delay", ActivityCase{Name: "AskForDelay", StartToClose: 30 * time.Second, Initial: 100 * time.Millisecond}, "ok"),
	activityCase("activity-timeout-start-to-close", ActivityCase{Name: "Outlive", Arg: int64(4 * time.Second), StartToClose: time.Second, Attempts: 1}, ""),
	activityCase("activity-timeout-heartbeat", ActivityCase{Name: "Outlive", Arg: int64(4 * time.Second), StartToClose: 30 * time.Second, Heartbeat: time.Second, Attempts: 1}, ""),
	activityCase("activity-timeout-schedule-to-start", ActivityCase{Name: "Outlive", Arg: 1, StartToClose: 30 * time.Second, ScheduleToStart: time.Second, Queue: "a-queue-without-worker"}, ""),
	{"activity-cancelled", activityCancelled},
	{"async-completion-by-id", asyncCompletion},
	{"local-activity", func(at *place) { expect(at, at.start(at.options(""), Local), "Hello, local!") }},
	{"side-effects-and-versions", func(at *place) { expect(at, at.start(at.options(""), SideEffects), []int{7, 8, 1}) }},
	{"upserts", func(at *place) { must(at.start(at.options(""), Upserts).Get(at.ctx, nil)) }},
	{"child-completes", childCompletes},
	{"child-terminated", childTerminated},
	{"child-cancelled-by-parent", childCancelled},
	{"child-abandoned", func(at *place) { leaves(at, enums.PARENT_CLOSE_POLICY_ABANDON) }},
	{"child-terminated-with-parent", func(at *place) { leaves(at, enums.PARENT_CLOSE_POLICY_TERMINATE) }},
	{"child-cancelled-with-parent", func(at *place) { leaves(at, enums.PARENT_CLOSE_POLICY_REQUEST_CANCEL) }},
	{"external-signal-and-cancel", external},
	{"continue-as-new", func(at *place) { expect(at, at.start(at.options(""), CountsDown, 2), "down") }},
	{"workflow-retried", workflowRetried},
	{"workflow-cancelled", func(at *place) { cancelled(at, WaitForFinish) }},
	{"workflow-cancelled-with-cleanup", func(at *place) { cancelled(at, CleansUp) }},
	{"workflow-terminated", terminated},
	{"workflow-failed", func(at *place) { at.fails("error", at.start(at.options(""), FailWithCause).Get(at.ctx, nil)) }},
	{"workflow-run-timeout", runTimeout},
	{"id-in-use", idInUse},
	{"start-delay", startDelay},
}

func eagerStart(at *place) {
	options := at.options("")
	options.EnableEagerStart = true
	expect(at, at.start(options, Echo, "eager"), "eager")
}

func counter(at *place) string {
	id := at.start(at.options(""), Counter, 10).GetID()
	at.idle(id)
	return id
}

func finish(at *place, id string, want int) {
	at.signal(id, "finish", nil)
	expect(at, at.client.GetWorkflow(at.ctx, id, ""), want)
}

func signalsAndQueries(at *place) {
	id := counter(at)
	for i, want := range []int{11, 13} {
		at.signal(id, "add", i+1)
		at.settled(id, enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, i+2)
		answer, err := at.client.QueryWorkflow(at.ctx, id, "", "total")
		must(err)
		var got int
		must(answer.Get(&got))
		if got != want {
			panic(fmt.Sprintf("expected %d, got %d", want, got))
		}
	}
	_, err := at.client.QueryWorkflow(at.ctx, id, "", "nonsense")
	at.fails("unknown query", err)
	finish(at, id, 13)
}

func signalWithStart(at *place) {
	options := at.options("")
	run, err := at.client.SignalWithStartWorkflow(at.ctx, options.ID, "add", 1, options, Counter, 5)
	must(err)
	at.idle(run.GetID())
	_, err = at.client.SignalWithStartWorkflow(at.ctx, options.ID, "add", 2, options, Counter, 5)
	must(err)
	at.settled(run.GetID(), enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 2)
	finish(at, run.GetID(), 8)
}

func updateOptions(id, updateID string, n int) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{WorkflowID: id, UpdateID: updateID, UpdateName: "addNow", Args: []any{n}, WaitForStage: client.WorkflowUpdateStageCompleted}
}

func updates(at *place) {
	id := counter(at)
	handle, err := at.client.UpdateWorkflow(at.ctx, updateOptions(id, "good", 5))
	must(err)
	var sum int
	must(handle.Get(at.ctx, &sum))
	refused, err := at.client.UpdateWorkflow(at.ctx, updateOptions(id, "bad", -1))
	must(err)
	at.fails("refused", refused.Get(at.ctx, nil))
	finish(at, id, 15)
}

func updateWithStart(at *place) {
	options := at.options("")
	options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	operation := at.client.NewWithStartWorkflowOperation(options, Counter, 1)
	request := client.UpdateWithStartWorkflowOptions{StartWorkflowOperation: operation, UpdateOptions: updateOptions(options.ID, "a", 2)}
	handle, err := at.client.UpdateWithStartWorkflow(at.ctx, request)
	must(err)
	must(handle.Get(at.ctx, nil))
	finish(at, options.ID, 3)
}

func activityCase(name string, one ActivityCase, want string) scenario {
	return scenario{name, func(at *place) {
		var got string
		must(at.start(at.options(""), Failing, one).Get(at.ctx, &got))
		at.observed["outcome"] = got
		if want != "" && got != want {
			panic(got)
		}
	}}
}

func activityCancelled(at *place) {
	id := at.start(at.options(""), CancelsActivity).GetID()
	at.settled(id, enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, 1)
	at.started(id)
	at.signal(id, "finish", nil)
	must(at.client.GetWorkflow(at.ctx, id, "").Get(at.ctx, nil))
}

func asyncCompletion(at *place) {
	run := at.start(at.options(""), LeavesOpen)
	at.settled(run.GetID(), enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, 1)
	at.started(run.GetID())
	must(at.client.RecordActivityHeartbeatByID(at.ctx, "default", run.GetID(), "", "open", "half"))
	must(at.client.CompleteActivityByID(at.ctx, "default", run.GetID(), "", "open", "by id", nil))
	expect(at, run, "by id")
}

// pair starts a parent of a waiting child and resolves once both wait.
func pair(at *place, workflow any, args ...any) (parent client.WorkflowRun, child string) {
	child = at.id("child")
	parent = at.start(at.options(""), workflow, append([]any{child}, args...)...)
	at.settled(parent.GetID(), enums.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED, 1)
	at.idle(child)
	return
}

func childCompletes(at *place) {
	parent, child := pair(at, Parent)
	at.signal(child, "finish", nil)
	expect(at, parent, "finished")
}

func childTerminated(at *place) {
	parent, child := pair(at, Parent)
	must(at.client.TerminateWorkflow(at.ctx, child, "", "by the test"))
	expect(at, parent, "failed: terminated")
}

func childCancelled(at *place) {
	parent, child := pair(at, CancelsChild)
	at.signal(parent.GetID(), "finish", nil)
	at.settled(parent.GetID(), enums.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED, 1)
	at.signal(child, "finish", nil)
	must(parent.Get(at.ctx, nil))
	at.fails("child", at.client.GetWorkflow(at.ctx, child, "").Get(at.ctx, nil))
}

func leaves(at *place, policy enums.ParentClosePolicy) {
	parent, child := pair(at, LeavesChild, policy)
	at.signal(parent.GetID(), "finish", nil)
	must(parent.Get(at.ctx, nil))
	run := at.client.GetWorkflow(at.ctx, child, "")
	if policy != enums.PARENT_CLOSE_POLICY_ABANDON {
		at.fails("child", run.Get(at.ctx, nil))
		return
	}
	at.signal(child, "finish", nil)
	expect(at, run, "finished")
}

func external(at *place) {
	signalled := at.start(at.options("signalled"), WaitForFinish)
	cancelled := at.start(at.options("cancelled"), WaitForFinish)
	at.idle(signalled.GetID())
	at.idle(cancelled.GetID())
	expect(at, at.start(at.options("caller"), ReachesOut, signalled.GetID(), cancelled.GetID()), []bool{true, true})
	expect(at, signalled, "finished")
	at.fails("cancelled", cancelled.Get(at.ctx, nil))
}

func workflowRetried(at *place) {
	options := at.options("")
	options.RetryPolicy = &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1}
	expect(at, at.start(options, FailsUntilAttempt, int32(2)), int32(2))
}

func cancelled(at *place, workflow any) {
	run := at.start(at.options(""), workflow)
	at.idle(run.GetID())
	must(at.client.CancelWorkflow(at.ctx, run.GetID(), ""))
	at.fails("error", run.Get(at.ctx, nil))
}

func terminated(at *place) {
	run := at.start(at.options(""), WaitForFinish)
	at.idle(run.GetID())
	must(at.client.TerminateWorkflow(at.ctx, run.GetID(), "", "because", "detail"))
	at.fails("error", run.Get(at.ctx, nil))
}

func runTimeout(at *place) {
	options := at.options("")
	options.WorkflowRunTimeout = time.Second
	at.fails("error", at.start(options, WaitForFinish).Get(at.ctx, nil))
}

func idInUse(at *place) {
	options := at.options("")
	options.WorkflowExecutionErrorWhenAlreadyStarted = true
	run := at.start(options, WaitForFinish)
	at.idle(run.GetID())
	_, err := at.client.ExecuteWorkflow(at.ctx, options, WaitForFinish)
	at.fails("error", err)
	at.signal(run.GetID(), "finish", nil)
	expect(at, run, "finished")
}

func startDelay(at *place) {
	options := at.options("")
	options.StartDelay = time.Second
	expect(at, at.start(options, Echo, "late"), "late")
}
