package main

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// smallRig is a rig that is baked in moments.
const smallRig = "synthetic:?frames=2&cameras=3&size=320x180&noise=off"
