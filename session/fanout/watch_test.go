package fanout

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// watched is what came of a relay's pictures.
type watched struct {
	data []byte
	key  bool
}

// pictureOf is an access unit of VP8 of a size, as far as a relay looks.
func pictureOf(n, size int, key bool) []byte {
	data := bytes.Repeat([]byte{byte(n)}, size)
	copy(data, []byte{1, 0, 0})
	if key {
		copy(data, []byte{0, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 64, 0})
	}
	return data
}

// TestWatch writes pictures of many sizes into one relay and watches them.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := NewRelay(RelayConfig{Kind: Video})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = r.Run(ctx) }()
		var got []watched
		ended := make(chan error, 1)
		go func() {
			ended <- r.Watch(ctx, func(w Watched) error {
				got = append(got, watched{bytes.Clone(w.Data), w.Key})
				return nil
			})
		}()
		synctest.Wait()
		sizes := []int{10, 1100, 1144, 1145, 5000, 100_000, 3}
		for n, size := range sizes {
			if err := r.WritePicture(pictureOf(n, size, n == 0), uint32(n)*3000, n == 0); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(got) != len(sizes) {
			t.Fatalf("%d pictures came of %d", len(got), len(sizes))
		}
		for n, size := range sizes {
			if !bytes.Equal(got[n].data, pictureOf(n, size, n == 0)) || got[n].key != (n == 0) {
				t.Errorf("picture %d: %d bytes, key %v", n, len(got[n].data), got[n].key)
			}
		}
		if err := r.WritePicture(nil, 0, true); err == nil {
			t.Error("an empty picture is taken")
		}
	})
}

// TestWatchLossAndReordering has packets overtaken and lost: whole pictures come
// in order, none that refers to one that did not come.
func TestWatchLossAndReordering(t *testing.T) {
	const pictures, parts = 400, 5
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		a := assembly{pending: make(map[uint16]*packet)}
		type sent struct {
			p  *packet
			at time.Duration
		}
		var line []sent
		sequence := uint16(random.Uint32())
		lost := make(map[int]bool)
		for n := range pictures {
			for i := range parts {
				p := &packet{sequence: sequence, timestamp: uint32(n), marker: i == parts-1, data: []byte{byte(n), byte(n >> 8), byte(i)}, vp8: descriptor{start: i == 0, key: i == 0 && n%20 == 0}}
				p.references.Store(1)
				p.pool = nil
				sequence++
				at := time.Duration(n)*33*time.Millisecond + time.Duration(i)*time.Millisecond
				switch x := random.Float64(); {
				case x < 0.002:
					lost[n] = true
					continue
				case x < 0.05:
					at += time.Duration(random.IntN(60)) * time.Millisecond
				}
				line = append(line, sent{p, at})
			}
		}
		for i := 1; i < len(line); i++ { // by arrival
			for j := i; j > 0 && line[j].at < line[j-1].at; j-- {
				line[j], line[j-1] = line[j-1], line[j]
			}
		}
		came := make(map[int]bool)
		last := -1
		start := time.Now()
		for _, s := range line {
			s.p.references.Store(2) // the test keeps it out of its pool
			s.p.arrived = start.Add(s.at)
			err := a.add(s.p, func(w Watched) error {
				n := int(w.Timestamp)
				if n <= last || len(w.Data) != 3*parts {
					t.Errorf("seed %d: picture %d of %d bytes after %d", seed, n, len(w.Data), last)
				}
				if !w.Key && !came[n-1] {
					t.Errorf("seed %d: picture %d refers to one that did not come", seed, n)
				}
				came[n], last = true, n
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		broken := false
		for n := range pictures - 4 {
			if n%20 == 0 {
				broken = false
			}
			broken = broken || lost[n]
			if !broken && !came[n] {
				t.Errorf("seed %d: picture %d is whole and did not come", seed, n)
			}
		}
	}
}
