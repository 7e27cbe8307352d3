package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
)

func registerActivities(w worker.Worker) {
	w.RegisterActivity(Greet)
	w.RegisterActivity(SucceedOnAttempt)
	w.RegisterActivity(FailForGood)
	w.RegisterActivity(AskForDelay)
	w.RegisterActivity(WaitForCancel)
	w.RegisterActivity(Outlive)
	w.RegisterActivity(LeaveOpen)
}

func Greet(_ context.Context, name string) (string, error) { return "Hello, " + name + "!", nil }

// SucceedOnAttempt fails until the given attempt.
func SucceedOnAttempt(ctx context.Context, attempt int32) (int32, error) {
	current := activity.GetInfo(ctx).Attempt
	if current < attempt {
		return 0, fmt.Errorf("attempt %d fails", current)
	}
	return current, nil
}

func FailForGood(context.Context) error {
	return temporal.NewNonRetryableApplicationError("never again", "Never", errors.New("the cause"), "detail")
}

// AskForDelay asks for its own retry delay once, then succeeds.
func AskForDelay(ctx context.Context) (int32, error) {
	if attempt := activity.GetInfo(ctx).Attempt; attempt > 1 {
		return attempt, nil
	}
	return 0, temporal.NewApplicationErrorWithOptions("later", "Later", temporal.ApplicationErrorOptions{NextRetryDelay: 1200 * time.Millisecond})
}

// WaitForCancel heartbeats until it is cancelled.
func WaitForCancel(ctx context.Context) error {
	for {
		activity.RecordHeartbeat(ctx, "alive")
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Outlive is deaf to cancellation.
func Outlive(_ context.Context, duration time.Duration) error {
	time.Sleep(duration)
	return nil
}

// LeaveOpen is completed from outside.
func LeaveOpen(context.Context) (string, error) { return "", activity.ErrResultPending }
