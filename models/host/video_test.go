package host_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
)

// brighter adds a level to what comes.
func brighter(in *capture.Frame, k knobs) (*capture.Frame, error) {
	f, err := capture.NewFramePool(0).Frame(capture.FrameShape{Format: capture.I420, Width: in.Colour.Width, Height: in.Colour.Height})
	if err != nil {
		return nil, err
	}
	f.Captured, f.Sequence = in.Captured, in.Sequence
	f.Colour.Planes[0][0] = in.Colour.Planes[0][0] + byte(k.Level)
	return f, nil
}

// brightness are what left; it releases them.
func (c *chain[T]) brightness() (list []byte) {
	c.t.Helper()
	for _, f := range any(c.came()).([]*capture.Frame) {
		list = append(list, f.Colour.Planes[0][0])
		f.Release()
	}
	return list
}

func expect[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
	}
}

// put puts frames, 20 ms apart, each of which has left before the next.
func (c *chain[T]) put(from, to int, free func()) {
	for n := from; n < to; n++ {
		any(c.Chain).(*host.Chain[*capture.Frame]).Put(picture(n, 10, free))
		<-time.After(20 * time.Millisecond)
		synctest.Wait()
	}
}

func TestChainAndLiveParameters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		defer c.stop()
		var freed atomic.Int32
		var opened atomic.Int32
		free := func() { freed.Add(1) }
		c.put(0, 1, free)
		expect(t, "an empty chain", c.brightness(), 10)
		a := pictureLink(t, "a", described("brighter", nil), brighter, &opened)
		b := with(t, pictureLink(t, "b", described("brighter", nil), brighter, &opened), map[string]any{"level": 5.0})
		c.set(a, b)
		c.put(1, 2, free)
		c.set(with(t, a, map[string]any{"level": 100.0}), b)
		c.put(2, 3, free)
		c.set(b)
		c.put(3, 4, free)
		expect(t, "two, tuned, one removed", c.brightness(), 16, 115, 15)
		if opened.Load() != 2 {
			t.Errorf("%d were opened: live parameters need no other", opened.Load())
		}
		s := c.Stats()
		if s.In != 4 || s.Out != 4 || len(s.Links) != 1 || s.Links[0].ID != "b" || s.Links[0].Frames != 3 || s.Links[0].State != host.Running {
			t.Errorf("%+v", s)
		}
		c.stop()
		if freed.Load() != 4 {
			t.Errorf("%d of 4 frames were released", freed.Load())
		}
	})
}

func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		policy models.Policy
		want   []byte
	}{
		// The second frame fails, the third is late, two come while it is under way.
		{models.Skip, []byte{11, 11}},
		{models.Hold, []byte{11, 11, 11, 11, 11, 11}},
		{models.Pass, []byte{11, 10, 10, 10, 10, 11}},
	} {
		t.Run(string(c.policy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chain := pictures(t)
				defer chain.stop()
				process := func(in *capture.Frame, k knobs) (*capture.Frame, error) {
					switch in.Sequence {
					case 2:
						return nil, errOdd
					case 3:
						<-time.After(45 * time.Millisecond)
					}
					return brighter(in, k)
				}
				var freed atomic.Int32
				chain.set(pictureLink(t, "a", described("slow", func(d *models.Description) { d.Late, d.Failing = c.policy, c.policy }), process, nil))
				chain.put(1, 7, func() { freed.Add(1) })
				expect(t, "what left", chain.brightness(), c.want...)
				l := chain.link(0)
				if l.Errors != 1 || l.Late != 3 || l.Error != "odd" || l.Longest != 45*time.Millisecond {
					t.Errorf("%+v", l)
				}
				chain.stop()
				if freed.Load() != 6 {
					t.Errorf("%d of 6 frames were released", freed.Load())
				}
			})
		})
	}
}

func TestNewestWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		defer c.stop()
		c.set(pictureLink(t, "a", described("slow", nil), func(in *capture.Frame, k knobs) (*capture.Frame, error) {
			<-time.After(10 * time.Millisecond)
			return brighter(in, k)
		}, nil))
		<-time.After(time.Second) // its warm-up
		for n := range 5 {
			c.Put(picture(n, byte(n), nil))
			synctest.Wait() // the first is under way
		}
		<-time.After(time.Second)
		expect(t, "the first and the newest", c.brightness(), 1, 5)
		if s := c.Stats(); s.Overrun != 3 {
			t.Errorf("%+v", s)
		}
	})
}

func TestPanicIsCutOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		defer c.stop()
		var opened atomic.Int32
		c.set(pictureLink(t, "a", described("fragile", nil), func(in *capture.Frame, k knobs) (*capture.Frame, error) {
			if in.Sequence == 2 {
				panic("at the second")
			}
			return brighter(in, k)
		}, &opened))
		c.put(1, 4, nil)
		expect(t, "around it", c.brightness(), 11, 10, 10)
		if l := c.link(0); l.State != host.Opening || !strings.Contains(l.Error, "at the second") {
			t.Errorf("%+v", l)
		}
		<-time.After(time.Second)
		c.put(4, 5, nil)
		expect(t, "after it was opened again", c.brightness(), 11)
		if l := c.link(0); opened.Load() != 2 || l.State != host.Running || l.Restarts != 1 {
			t.Errorf("%d opened, %+v", opened.Load(), l)
		}
	})
}

func TestStaysAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		defer c.stop()
		var opened atomic.Int32
		c.set(pictureLink(t, "a", described("fragile", func(d *models.Description) { d.Private, d.Late, d.Failing = true, models.Skip, models.Skip }), func(in *capture.Frame, k knobs) (*capture.Frame, error) {
			if in.Sequence > 0 {
				panic("always")
			}
			return brighter(in, k)
		}, &opened))
		for n := 1; n < 6000; n++ {
			c.put(n, n+1, nil)
		}
		expect(t, "what it should hide", c.brightness())
		s := c.Stats()
		if s.Links[0].State != host.Failed || opened.Load() != 6 || s.Withheld < 5000 {
			t.Errorf("%d opened, %+v", opened.Load(), s)
		}
	})
}

func TestWedged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		var freed atomic.Int32
		var opened atomic.Int32
		release := make(chan struct{})
		c.set(pictureLink(t, "a", described("wedged", nil), func(in *capture.Frame, k knobs) (*capture.Frame, error) {
			if in.Sequence == 2 {
				<-release
			}
			return brighter(in, k)
		}, &opened))
		c.put(1, 400, func() { freed.Add(1) })
		if got := c.brightness(); len(got) != 399 || got[0] != 11 || got[1] != 10 || got[398] != 11 {
			t.Errorf("%d left: %v", len(got), got)
		}
		s := c.Stats()
		if opened.Load() != 2 || s.Abandoned != 1 || s.Links[0].State != host.Running || s.Links[0].Restarts != 1 {
			t.Errorf("%d opened, %+v", opened.Load(), s)
		}
		if sum := s.Totals; len(sum) != 1 || sum[0].Filter != "wedged" || sum[0].Abandoned != 1 || sum[0].Restarts != 1 {
			t.Errorf("in all: %+v", sum)
		}
		c.stop()
		if freed.Load() != 398 {
			t.Errorf("%d of 399 frames were released: that of the abandoned filter must stay", freed.Load())
		}
		close(release)
		synctest.Wait()
		if freed.Load() != 399 {
			t.Error("a filter that returned after all keeps its frame")
		}
	})
}

func TestPrivateFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ready := make(chan struct{})
		c := pictures(t)
		defer c.stop()
		hide := func(d *models.Description) { d.Private, d.Late, d.Failing = true, models.Hold, models.Hold }
		first := true
		c.set(pictureLink(t, "a", described("matte", hide), func(in *capture.Frame, k knobs) (*capture.Frame, error) {
			if first {
				first = false
				<-ready // its warm-up
			}
			return brighter(in, k)
		}, nil))
		c.put(1, 4, nil)
		expect(t, "before it is ready", c.brightness())
		close(ready)
		synctest.Wait()
		c.put(4, 5, nil)
		expect(t, "after", c.brightness(), 11)
		if s := c.Stats(); s.Withheld != 3 {
			t.Errorf("%+v", s)
		}
	})
}

// TestSwap has a filter replaced by one with other weights, which takes a second
// to open: what works goes on until it is warm.
func TestSwap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		defer c.stop()
		var opened atomic.Int32
		l := pictureLink(t, "a", described("brighter", nil), func(in *capture.Frame, k knobs) (*capture.Frame, error) {
			if k.Model == "large" && in.Sequence == 1 {
				<-time.After(time.Second) // its warm-up, on the newest frame
			}
			return brighter(in, k)
		}, &opened)
		c.set(l)
		c.put(1, 2, nil)
		c.set(with(t, l, map[string]any{"model": "large", "level": 3.0}))
		c.put(2, 80, nil)
		got := c.brightness()
		if len(got) != 79 || got[1] != 11 || got[40] != 11 || got[78] != 13 || opened.Load() != 2 {
			t.Errorf("%d opened, %v", opened.Load(), got)
		}
		c.Reload("a")
		synctest.Wait()
		c.put(80, 81, nil)
		if opened.Load() != 3 {
			t.Errorf("%d were opened", opened.Load())
		}
		expect(t, "after its weights were replaced", c.brightness(), 13)
	})
}

func TestDoesNotOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		defer c.stop()
		good := pictureLink(t, "a", described("brighter", nil), brighter, nil)
		c.set(good)
		c.set(with(t, pictureLink(t, "a", described("brighter", nil), func(*capture.Frame, knobs) (*capture.Frame, error) { return nil, errOdd }, nil), map[string]any{"model": "bad"}))
		c.put(1, 2, nil)
		expect(t, "the one before goes on", c.brightness(), 11)
		if l := c.link(0); l.State != host.Running || !strings.Contains(l.Error, "warm up: odd") {
			t.Errorf("%+v", l)
		}
		c.set(good, pictureLink(t, "b", described("bad", nil), func(*capture.Frame, knobs) (*capture.Frame, error) { return nil, errOdd }, nil))
		c.put(2, 3, nil)
		expect(t, "without the bad one", c.brightness(), 11)
		if l := c.link(1); l.State != host.Failed {
			t.Errorf("%+v", l)
		}
	})
}

// TestObserverWithPeriod has one that looks at every third frame: it gets no others,
// and all leave.
func TestObserverWithPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		defer c.stop()
		var got []uint64
		l := pictureLink(t, "a", described("watch", func(d *models.Description) { d.Observes = true }), func(in *capture.Frame, _ knobs) (*capture.Frame, error) {
			got = append(got, in.Sequence)
			return in.Retain(), nil
		}, nil)
		l.Period = func(models.Values) time.Duration { return 60 * time.Millisecond }
		c.set(l)
		<-time.After(time.Second)
		got = nil // of warming up
		c.put(1, 8, nil)
		expect(t, "what left", c.brightness(), 10, 10, 10, 10, 10, 10, 10)
		expect(t, "what it got", got, 1, 4, 7)
		if s := c.link(0); s.Late != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		defer c.stop()
		c.set(pictureLink(t, "a", described("watch", func(d *models.Description) { d.Observes = true }), func(in *capture.Frame, k knobs) (*capture.Frame, error) {
			<-time.After(50 * time.Millisecond)
			return in.Retain(), nil
		}, nil))
		<-time.After(time.Second)
		var freed atomic.Int32
		began := time.Now()
		c.put(1, 9, func() { freed.Add(1) })
		if took := time.Since(began); took != 160*time.Millisecond {
			t.Errorf("it held the stream up: %v", took)
		}
		expect(t, "what left", c.brightness(), 10, 10, 10, 10, 10, 10, 10, 10)
		if l := c.link(0); l.Late < 4 {
			t.Errorf("%+v", l)
		}
		c.stop()
		if freed.Load() != 8 {
			t.Errorf("%d of 8 frames were released", freed.Load())
		}
	})
}

func TestNoFrame(t *testing.T) {
	for _, c := range []struct {
		say    string
		change func(*capture.Frame)
	}{
		{"4x2", func(f *capture.Frame) {
			f.Colour.Width = 4
			f.Colour.Planes[0] = make([]byte, 16)
			f.Colour.Planes[1] = make([]byte, 4)
			f.Colour.Planes[2] = make([]byte, 4)
			f.Colour.Strides = [3]int{4, 2, 2}
		}},
		{"too few", func(f *capture.Frame) { f.Colour.Planes[0] = nil }},
		{"matte has 4x2", func(f *capture.Frame) { f.Matte = capture.Matte{Width: 4, Height: 2, Coverage: make([]byte, 8)} }},
		{"depth picture", func(f *capture.Frame) { f.Depth = capture.DepthPicture{Width: 1, Height: 2} }},
	} {
		synctest.Test(t, func(t *testing.T) {
			chain := pictures(t)
			defer chain.stop()
			chain.set(pictureLink(t, "a", described("odd", nil), func(in *capture.Frame, k knobs) (*capture.Frame, error) {
				f, err := brighter(in, k)
				if in.Sequence > 0 {
					c.change(f)
				}
				return f, err
			}, nil))
			chain.put(1, 2, nil)
			expect(t, c.say, chain.brightness(), 10)
			if l := chain.link(0); !strings.Contains(l.Error, c.say) || l.Errors != 1 {
				t.Errorf("%+v, does not say %q", l, c.say)
			}
		})
	}
}

func TestSetRefuses(t *testing.T) {
	c, err := host.NewVideo(host.Config[*capture.Frame]{Open: openPicture, Out: func(*capture.Frame) {}, Log: silent})
	if err != nil {
		t.Fatal(err)
	}
	l := pictureLink(t, "a", described("brighter", nil), brighter, nil)
	if err := c.Set([]host.Link{l, l}); err == nil || !strings.Contains(err.Error(), "there twice") {
		t.Errorf("two of one id: %v", err)
	}
	if err := c.Set(make([]host.Link, models.MaxLinks+1)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("too many: %v", err)
	}
}
