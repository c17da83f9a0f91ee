package media_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/signaling/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPortInUse(t *testing.T) {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	first, err := media.Listen("127.0.0.1", 0, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	second, err := media.Listen("localhost", first.Number(), log)
	if err == nil {
		_ = second.Close()
		t.Fatal("the port was opened twice")
	}
	if !strings.Contains(err.Error(), "--media-port") {
		t.Errorf("no remedy in %q", err)
	}
	if _, err := media.Listen("studio.example", 0, log); err == nil {
		t.Error("a host name is accepted")
	}
	all, err := media.Listen("", 0, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := all.Close(); err != nil {
		t.Error(err)
	}
}
