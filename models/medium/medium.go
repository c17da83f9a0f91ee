package medium

import "github.com/virtualcube/virtualcube/capture"

// Of is what can be done with the frames of one kind. A frame that a method
// returns is the caller's, who releases it; none takes one over but Release.
type Of[T any] interface {
	// Captured is the instant of the content.
	Captured(T) capture.Time
	Retain(T) T
	Release(T)
	// Absent says that it is no frame: a filter has nothing yet.
	Absent(T) bool
	// Check says why a filter may not return out, which is not absent, for in.
	Check(in, out T) error
	// At returns the content of an instant from earlier frames, the newest last;
	// ok is false where there is none of it.
	At(earlier []T, instant capture.Time) (_ T, ok bool)
	// Held is a filter's last frame once more, in the place of what it failed to
	// make of now, whose instant is due.
	Held(last, now T, due capture.Time) T
	// Skipped stands for what was to be made of now, where it is left out; ok is
	// false where nothing does.
	Skipped(now T, due capture.Time) (_ T, ok bool)
}

// nearest is the frame whose instant is the nearest.
func nearest[T any](list []T, instant capture.Time, captured func(T) capture.Time) (best T, ok bool) {
	for _, x := range list {
		if !ok || captured(x).Sub(instant).Abs() < captured(best).Sub(instant).Abs() {
			best, ok = x, true
		}
	}
	return best, ok
}
