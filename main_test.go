package main

import (
	"context"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// asCommand makes the test binary behave as the command: for tests that need a
// process of their own.
const asCommand = "TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(execute(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	// Mesa would write into cache folders that end before it does.
	if err := os.Setenv("MESA_SHADER_CACHE_DISABLE", "true"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// smallRig is a rig that is baked in moments.
const smallRig = "synthetic:?frames=2&cameras=3&size=320x180&noise=off"
