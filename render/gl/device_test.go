package gl_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"unsafe"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/render/gl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open runs a device until the test ends and fails where there is no OpenGL.
func open(t *testing.T) *gl.Device {
	t.Helper()
	d := gl.New(slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run device: %v", err)
		}
	})
	return d
}

func TestInfoNamesARenderer(t *testing.T) {
	info, err := open(t).Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.Renderer == "" || info.Version < "4.5" {
		t.Errorf("info = %+v, want a renderer of OpenGL 4.5 or later", info)
	}
}

func TestDoReturnsTheError(t *testing.T) {
	want := errors.New("drawn badly")
	if err := open(t).Do(t.Context(), func() error { return want }); err != want {
		t.Errorf("Do = %v, want %v", err, want)
	}
}

func TestLostContextIsReplaced(t *testing.T) {
	d := open(t)
	draw := func() error { return d.Do(t.Context(), func() error { return nil }) }
	if err := draw(); err != nil {
		t.Fatal(err)
	}
	before := d.Generation()
	d.Lose()
	if err := draw(); !errors.Is(err, gl.ErrContextLost) {
		t.Fatalf("Do on a lost context = %v, want ErrContextLost", err)
	}
	if err := draw(); err != nil {
		t.Fatalf("Do after the loss: %v", err)
	}
	if d.Generation() != before+1 {
		t.Errorf("generation %d after %d, want one more", d.Generation(), before)
	}
}

func TestDoEndsWithItsContextAndWithTheDevice(t *testing.T) {
	d := gl.New(slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Do(ctx, func() error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("Do without Run and with an ended context = %v, want context.Canceled", err)
	}
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.Do(t.Context(), func() error { return nil }); !errors.Is(err, gl.ErrClosed) {
		t.Errorf("Do after Run = %v, want ErrClosed", err)
	}
}

func TestShaderErrorNamesTheProgram(t *testing.T) {
	err := open(t).Do(t.Context(), func() error {
		_, err := gl.NewProgram("broken", "#version 450 core\nvoid main() { wrong }", "#version 450 core\nvoid main() {}")
		return err
	})
	if err == nil || len(err.Error()) < len("compile shader broken: ") || err.Error()[:23] != "compile shader broken: " {
		t.Errorf("error = %v, want one that names the shader and holds the log", err)
	}
}

func TestReadbackReturnsWhatWasDrawn(t *testing.T) {
	const w, h = 16, 8
	got := make([]byte, w*h)
	want := make([]byte, w*h)
	for i := range want {
		want[i] = byte(3 * i)
	}
	err := open(t).Do(t.Context(), func() error {
		texture, err := gl.NewTexture(gl.R8, w, h, gl.Nearest)
		if err != nil {
			return err
		}
		defer texture.Delete()
		texture.Upload(unsafe.Pointer(&want[0]), w)
		r := gl.NewReadback(w * h)
		defer r.Delete()
		r.Start(texture)
		return r.Wait(got, 1e9)
	})
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("read %v, want %v", got, want)
	}
}
