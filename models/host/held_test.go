package host_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/models/scene"
)

// TestHeldSets has a filter of sets that fails, so that its last set is held, before
// one that makes a new set of the same frames: what was held goes on.
func TestHeldSets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rig := scene.Rig()
		make := func(c host.Config[*capture.FrameSet]) (*host.Chain[*capture.FrameSet], error) {
			return host.NewRGBD(c, rig)
		}
		c := start(t, make, func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.FrameSet], error) {
			return b.OpenRGBD(ctx, models.Environment{Observe: observe, Rig: rig}, b.Values)
		})
		defer c.stop()
		rebuild := func(in *capture.FrameSet, _ knobs) (*capture.FrameSet, error) {
			list := append([]*capture.Frame(nil), in.Frames...)
			for _, f := range list {
				f.Retain()
			}
			return capture.NewFrameSet(in.Sequence, in.Closed, list), nil
		}
		fails := func(in *capture.FrameSet, k knobs) (*capture.FrameSet, error) {
			if in.Sequence%2 == 1 {
				return nil, errOdd
			}
			return rebuild(in, k)
		}
		c.set(setLink(t, "a", described("fails", func(d *models.Description) { d.Failing = models.Hold }), fails), setLink(t, "b", described("rebuilds", nil), rebuild))
		for n := range 10 {
			s := scene.Set(rig, n)
			s.Sequence = uint64(n)
			c.Put(s)
			<-time.After(40 * time.Millisecond)
			synctest.Wait()
		}
		came := c.came()
		for i, s := range came {
			if i > 0 && s.Captured <= came[i-1].Captured {
				t.Errorf("set %d is of %v, the one before of %v", i, s.Captured, came[i-1].Captured)
			}
			s.Release()
		}
		if s := c.Stats(); len(came) != 10 || s.Repeated != 0 {
			t.Errorf("of 10 sets %d came, %d were taken for repeated", len(came), s.Repeated)
		}
	})
}

func setLink(t *testing.T, id string, d models.Description, process func(*capture.FrameSet, knobs) (*capture.FrameSet, error)) host.Link {
	t.Helper()
	made, err := models.RGBD(d, knobs{}, func(ctx context.Context, e models.Environment, k knobs) (models.RGBDFilter[knobs], error) {
		return opens(fake[*capture.FrameSet]{process: process}, new(atomic.Int32))(ctx, e, k)
	})
	return linked(t, id, made, err, nil)
}
