package host_test

import (
	"context"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
)

// speak puts stretches of the ramp, 20 ms apart.
func (c *chain[T]) speak(from, to int) {
	for n := from; n < to; n++ {
		any(c.Chain).(*host.Chain[capture.Sound]).Put(ramp(n))
		<-time.After(capture.SoundLength)
		synctest.Wait()
	}
}

// ahead makes a filter that returns what it heard some samples ago.
func ahead(n int) func(capture.Sound, knobs) (capture.Sound, error) {
	var before []float32
	return func(in capture.Sound, _ knobs) (capture.Sound, error) {
		if before == nil {
			before = make([]float32, n)
		}
		all := slices.Concat(before, in.Samples)
		out := capture.Sound{Captured: in.Captured.Add(-lasting(n)), Samples: all[:len(in.Samples):len(in.Samples)]}
		before = append([]float32(nil), all[len(in.Samples):]...)
		return out, nil
	}
}

func lasting(n int) time.Duration { return time.Duration(n) * time.Second / capture.SampleRate }

// whole says that what left is the ramp from a sample on, in stretches that
// follow one another, and returns how much there is. Up to seams times, 5 ms may
// differ from it.
func whole(t *testing.T, out []capture.Sound, seams int) (count int) {
	t.Helper()
	odd := 0
	for i, s := range out {
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		if i > 0 && s.Captured.Sub(out[i-1].Captured.Add(capture.SoundLength)).Abs() > 2*time.Microsecond {
			t.Fatalf("stretch %d of %d begins at %v, the one before at %v", i, len(out), s.Captured, out[i-1].Captured)
		}
		first := int(math.Round(s.Captured.Sub(at(0)).Seconds() * capture.SampleRate))
		for j, x := range s.Samples {
			if want := float64((first+j)%cycle) / cycle; math.Abs(float64(x)-want) > 1e-4 {
				odd++
			}
		}
		count += len(s.Samples)
	}
	if odd > seams*capture.SampleRate/200 {
		t.Errorf("%d of %d samples are not those of their instant", odd, count)
	}
	return count
}

// TestLookAheadChanges has filters that look ahead come and go: what leaves is the
// same content without a gap, and nothing is said twice.
func TestLookAheadChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := voices(t)
		defer c.stop()
		link := func(id string, n int) host.Link {
			return voiceLink(t, id, described(id, func(d *models.Description) { d.LookAhead = lasting(n) }), ahead(n), nil)
		}
		var out []capture.Sound
		n := 0
		for _, links := range [][]host.Link{
			nil, {link("a", 700)}, {link("a2", 700), link("b", 4000)}, {link("b2", 4000)}, {link("c", 24000)}, nil, {link("a3", 960)},
		} {
			c.set(links...)
			c.speak(n, n+50)
			n += 50
			out = append(out, c.came()...)
		}
		if count := whole(t, out, 6); count < 350*capture.SoundSamples-960-960 {
			t.Errorf("%d samples left of %d", count, 350*capture.SoundSamples)
		}
		if s := c.Stats(); s.LookAhead != 20*time.Millisecond || s.Delay < s.LookAhead {
			t.Errorf("%+v", s)
		}
	})
}

// TestSlowVoice has a filter that stalls for 100 ms: what it was late for passes,
// as old as what it makes, and what it is given meanwhile it works through.
func TestSlowVoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := voices(t)
		defer c.stop()
		c.speak(0, 10)
		delayed, heard := ahead(480), 0
		c.set(voiceLink(t, "a", described("stalls", func(d *models.Description) { d.LookAhead, d.Latency = lasting(480), 5*time.Millisecond }), func(in capture.Sound, k knobs) (capture.Sound, error) {
			if in.Captured == at(20) {
				<-time.After(100 * time.Millisecond)
			}
			heard++
			return delayed(in, k)
		}, nil))
		c.speak(10, 60)
		whole(t, c.came(), 1)
		if l := c.link(0); l.Late < 4 || l.Late > 6 || heard != 60 { // ten of them to warm up
			t.Errorf("%d heard, %+v", heard, l)
		}
	})
}

func TestVoicePolicies(t *testing.T) {
	for _, c := range []struct {
		policy models.Policy
		power  func(x []float32) bool
	}{
		{models.Skip, func(x []float32) bool { return x[100] == 0 && x[800] == 0 }},
		{models.Hold, func(x []float32) bool { return x[0] > 0.2 && x[100] > 0.15 && x[900] < 0.05 && x[900] > 0 }},
		{models.Pass, func(x []float32) bool { return x[100] == 0.5 }},
	} {
		t.Run(string(c.policy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chain := voices(t)
				defer chain.stop()
				chain.set(voiceLink(t, "a", described("fails", func(d *models.Description) { d.Failing = c.policy }), func(in capture.Sound, _ knobs) (capture.Sound, error) {
					if in.Captured == at(3) {
						return capture.Sound{}, errOdd
					}
					return in, nil
				}, nil))
				for n := range 5 {
					s := ramp(n)
					for i := range s.Samples {
						s.Samples[i] = 0.5
					}
					chain.Put(s)
					<-time.After(capture.SoundLength)
				}
				out := chain.came()
				if len(out) != 5 || !c.power(out[3].Samples) || out[4].Samples[500] != 0.5 {
					t.Errorf("%d left; %v", len(out), out[3].Samples[:10])
				}
			})
		})
	}
}

// TestPoliciesLookAhead has a filter that looks ahead fail at a stretch and be late
// for another: what stands for them is as old as what it makes, and nothing is
// said twice or filled up.
func TestPoliciesLookAhead(t *testing.T) {
	for _, policy := range []models.Policy{models.Skip, models.Hold, models.Pass} {
		t.Run(string(policy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := voices(t)
				defer c.stop()
				delayed := ahead(1440)
				c.set(voiceLink(t, "a", described("fails", func(d *models.Description) {
					d.Failing, d.Late, d.LookAhead, d.Latency = policy, policy, lasting(1440), 5*time.Millisecond
				}), func(in capture.Sound, k knobs) (capture.Sound, error) {
					out, err := delayed(in, k)
					switch in.Captured {
					case at(20):
						return out, errOdd
					case at(30):
						<-time.After(10 * time.Millisecond)
					}
					return out, err
				}, nil))
				c.speak(0, 50)
				var last capture.Time
				for _, s := range c.came() {
					if step := s.Captured.Sub(last) - capture.SoundLength; last != 0 && step.Abs() > 2*time.Microsecond {
						t.Errorf("a step of %v at %v", step, s.Captured)
					}
					last = s.Captured
				}
				if s := c.Stats(); s.In != 50 || s.Out != 50 || s.Repeated != 0 || s.Links[0].Late != 1 || s.Links[0].Errors != 1 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

func TestVoiceGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := voices(t)
		defer c.stop()
		c.speak(0, 10)
		c.speak(13, 20) // three were lost
		if out := c.came(); len(out) != 20 || out[10].Samples[500] != 0 || out[15].Samples[500] == 0 {
			t.Errorf("%d left: what is lost becomes silence", len(out))
		}
		c.speak(1000, 1002) // the microphone was off
		if out := c.came(); len(out) != 2 || out[0].Captured != at(1000) {
			t.Errorf("%d left, the first of %v", len(out), out[0].Captured)
		}
	})
}

// TestNotANumber has a model that breaks: nobody hears it.
func TestNotANumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := voices(t)
		defer c.stop()
		c.set(voiceLink(t, "a", described("breaks", nil), func(in capture.Sound, _ knobs) (capture.Sound, error) {
			out := capture.Sound{Captured: in.Captured, Samples: make([]float32, len(in.Samples))}
			copy(out.Samples, in.Samples)
			if in.Captured > at(5) && in.Captured < at(100) {
				out.Samples[7] = float32(math.NaN())
			}
			return out, nil
		}, nil))
		c.speak(0, 20)
		if whole(t, c.came(), 0) != 20*capture.SoundSamples {
			t.Error("sound is missing")
		}
		if l := c.link(0); l.Errors != 14 {
			t.Errorf("%+v", l)
		}
	})
}

// TestHiddenVoice has a filter that hides a voice go away: what it hid is not used
// to fill the gap.
func TestHiddenVoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := voices(t)
		defer c.stop()
		c.set(voiceLink(t, "a", described("hides", func(d *models.Description) {
			d.Private, d.Late, d.Failing, d.LookAhead = true, models.Skip, models.Skip, lasting(9600)
		}), func(in capture.Sound, _ knobs) (capture.Sound, error) {
			return capture.Sound{Captured: in.Captured.Add(-lasting(9600)), Samples: make([]float32, len(in.Samples))}, nil
		}, nil))
		c.speak(0, 20)
		c.came()
		c.set()
		c.speak(20, 21)
		for i, s := range c.came()[:10] {
			for _, x := range s.Samples {
				if x != 0 {
					t.Fatalf("stretch %d of what was hidden is heard", i)
				}
			}
		}
	})
}

func TestObservations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := voices(t)
		defer c.stop()
		made, err := models.Audio(described("vad", func(d *models.Description) { d.Observes = true }), knobs{Level: 1}, func(_ context.Context, e models.Environment, _ knobs) (models.AudioFilter[knobs], error) {
			return fake[capture.Sound]{process: func(in capture.Sound, _ knobs) (capture.Sound, error) {
				e.Observe(models.Observation{Captured: in.Captured, Voice: &models.Voice{Probability: 0.5}})
				return in, nil
			}}, nil
		})
		c.set(linked(t, "a", made, err, nil))
		c.speak(0, 5)
		c.came()
		if n := len(c.seen); n < 5 || c.seen[n-1].Captured != at(4) {
			t.Errorf("%+v", c.seen)
		}
	})
}
