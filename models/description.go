package models

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Kind is the kind of stream that a filter works on.
type Kind string

// The kinds.
const (
	KindAudio Kind = "audio" // capture.Sound: 20 ms of mono at 48 kHz
	KindVideo Kind = "video" // *capture.Frame: a picture, I420 in limited range
	KindRGBD  Kind = "rgbd"  // *capture.FrameSet: one frame a camera of a rig
)

// Provider is what computes a model.
type Provider string

// The providers.
const (
	CPU      Provider = "cpu"
	CUDA     Provider = "cuda"
	TensorRT Provider = "tensorrt"
	OpenVINO Provider = "openvino"
)

// Providers are all.
var Providers = [...]Provider{CPU, CUDA, TensorRT, OpenVINO}

// Policy is what becomes of a frame that a filter is too late for, or fails at.
type Policy string

// The policies.
const (
	Skip Policy = "skip" // the frame is left out; of audio, silence takes its place
	Hold Policy = "hold" // the filter's last frame is shown again, under the new instant; of audio it fades out
	Pass Policy = "pass" // the frame goes on as it came
)

// Description is what a filter says of itself.
type Description struct {
	// Name is how a chain calls it: lower-case words joined by "-".
	Name string `json:"name"`
	// Summary says in one sentence what it does, to whom it is shown.
	Summary string `json:"summary"`
	Kind    Kind   `json:"kind"`
	// LookAhead is by how much the content of what Process returns is older than
	// what it was given.
	LookAhead time.Duration `json:"look_ahead_ns"`
	// Latency is how long Process takes at most, as a rule, on the reference
	// machine; a frame that takes longer is late. The host keeps audio and video
	// together by LookAhead + Latency.
	Latency time.Duration `json:"latency_ns"`
	// Late says what becomes of a frame that comes out late. The filter works on
	// meanwhile; what it still returns is dropped.
	Late Policy `json:"late"`
	// Failing says what becomes of a frame that Process returns an error for.
	Failing Policy `json:"failing"`
	// Private says that the frame as it came must never be seen where the filter
	// cannot work, as of one that hides a background: then neither Late nor
	// Failing may be Pass, and a filter that was cut out stops the stream instead. A
	// stream that is seen already when the filter is put there goes on as it is until
	// the filter works.
	Private bool `json:"private,omitempty"`
	// Providers are those that can compute it, the best first; empty: it needs
	// none.
	Providers []Provider `json:"providers,omitempty"`
	// Weights are the names of the weights that it needs (package weights).
	Weights []string `json:"weights,omitempty"`
	// Native says that it runs code that is not Go, or not ours: the host gives it
	// a child process.
	Native bool `json:"native,omitempty"`
	// Observes says that it watches: what it returns is always its input.
	Observes bool `json:"observes,omitempty"`
}

// ErrDescription is wrapped by what Validate returns.
var ErrDescription = errors.New("invalid description of a filter")

// Limits of what a filter may ask for.
const (
	MaxLookAhead = 2 * time.Second
	MaxLatency   = time.Second
)

var filterName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Validate says what is wrong with a description, if anything.
func (d Description) Validate() error {
	if len(d.Name) > 32 || !filterName.MatchString(d.Name) {
		return fmt.Errorf("%w: %q is no name: lower-case words joined by \"-\", at most 32 bytes", ErrDescription, d.Name)
	}
	bad := func(format string, values ...any) error {
		return fmt.Errorf("%w: %s %s", ErrDescription, d.Name, fmt.Sprintf(format, values...))
	}
	switch {
	case d.Kind != KindAudio && d.Kind != KindVideo && d.Kind != KindRGBD:
		return bad("has the kind %q, which is none of audio, video, rgbd", d.Kind)
	case d.Summary == "":
		return bad("has no summary: participants are shown what touches them")
	case d.LookAhead < 0 || d.LookAhead > MaxLookAhead:
		return bad("looks %v ahead, 0 to %v are possible", d.LookAhead, MaxLookAhead)
	case d.Latency <= 0 || d.Latency > MaxLatency:
		return bad("declares a latency of %v, above 0 and at most %v are possible", d.Latency, MaxLatency)
	case d.Observes && d.LookAhead != 0:
		return bad("observes and looks ahead: what it returns is its input")
	}
	for _, p := range []Policy{d.Late, d.Failing} {
		if p != Skip && p != Hold && p != Pass {
			return bad("has the policy %q, which is none of skip, hold, pass", p)
		}
		if d.Private && p == Pass {
			return bad("is private and lets frames pass: skip or hold them")
		}
	}
	for _, p := range d.Providers {
		if !slices.Contains(Providers[:], p) {
			return bad("wants the provider %q, which is none of %v", p, Providers)
		}
	}
	return nil
}
